using System.CommandLine;
using RenderFarm.Cli.Rendering;
using RenderFarm.Diffusion.Cascades;

namespace RenderFarm.Cli.Models;

/// <summary>The options by which every command that draws names its model and where it computes.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> _model = new("--model") { Description = "Model folder (with cascade.json), or the name of a bundled model. Default: the bundled model.", HelpName = "DIR" };

    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda or cuda:N.", HelpName = "D", DefaultValueFactory = _ => "cpu" };

    private readonly Option<string?> _dtype = new("--dtype")
    {
        Description = "Number format of the networks: float32, bfloat16 or float16. Default: the fastest that the device computes in hardware.", HelpName = "T",
    };

    public ModelOptions() => _dtype.AcceptOnlyFromAmong(RenderDevice.Dtypes);

    public void AddTo(Command command)
    {
        command.Add(_model);
        command.Add(_device);
        command.Add(_dtype);
    }

    /// <summary>The folder that the user named, or the bundled model's.</summary>
    public string Folder(ParseResult parsed) => BundledModel.Find(parsed.GetValue(_model));

    public CascadeOptions Cascade(ParseResult parsed) =>
        new() { Device = RenderDevice.Parse(parsed.GetValue(_device)!), Dtype = RenderDevice.ParseDtype(parsed.GetValue(_dtype)) };
}
