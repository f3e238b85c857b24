using System.CommandLine;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Rendering;
using RenderFarm.Diffusion.Cascades;
using Inspected = RenderFarm.Diffusion.Cascades.Cascade;

namespace RenderFarm.Cli.Models;

/// <summary>The options by which every command that draws names its model, where it computes, and how it reads prompts.</summary>
internal sealed class ModelOptions
{
    private const double MostMemory = 1 << 20;

    private readonly Option<string?> _model = new("--model") { Description = "Model folder (with cascade.json), or the name of a bundled model. Default: the bundled model.", HelpName = "DIR" };

    private readonly Option<string[]> _device = new("--device")
    {
        Description = "cpu (default), cuda or cuda:N; of one part alone as text=cpu or stage2=cuda:1. May be repeated.", HelpName = "[PART=]D", DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _dtype = new("--dtype")
    {
        Description = "Number format of the networks: float32, bfloat16 or float16; of one part alone as text=float32 or stage2=float16. May be repeated. Default: the fastest that the device computes in hardware.",
        HelpName = "[PART=]T", DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _clean = new("--clean-prompts") { Description = "Clean prompts as DeepFloyd IF does: links, markup and odd characters are removed before the model reads them." };

    private readonly Option<double?> _memory = new("--memory")
    {
        Description = "Memory for the model on each device in GiB. Where the weights of all its parts take more than three quarters of it, the parts take turns. Default: what is free.", HelpName = "GIB",
    };

    public void AddTo(Command command)
    {
        command.Add(_memory);
        command.Add(_model);
        command.Add(_device);
        command.Add(_dtype);
        command.Add(_clean);
    }

    /// <summary>The folder that the user named, or the bundled model's.</summary>
    public string Folder(ParseResult parsed) => BundledModel.Find(parsed.GetValue(_model));

    /// <exception cref="ToolException">A device that is not there, a number format that is none, or a part that the model has not.</exception>
    public CascadeOptions Cascade(ParseResult parsed)
    {
        var devices = new PartChoices(_device.Name, parsed.GetValue(_device)!);
        var dtypes = new PartChoices(_dtype.Name, parsed.GetValue(_dtype)!);
        var parts = devices.Parts.Union(dtypes.Parts).Order(StringComparer.Ordinal).ToList();
        var placements = parts.ToDictionary(part => part, part => new ComponentPlacement(
            devices.Of(part) is { } device ? RenderDevice.Parse(device) : null, RenderDevice.ParseDtype(dtypes.Of(part))));
        var options = new CascadeOptions
        {
            Device = RenderDevice.Parse(devices.All ?? "cpu"),
            Dtype = RenderDevice.ParseDtype(dtypes.All),
            TextEncoder = placements.GetValueOrDefault(PartChoices.TextEncoder),
            Stages = placements.Where(part => part.Key != PartChoices.TextEncoder).ToDictionary(),
            CleanPrompts = parsed.GetValue(_clean),
            Memory = Bytes(parsed.GetValue(_memory)),
        };
        if (options.Stages.Count > 0) DemandStages(Folder(parsed), options.Stages.Keys);
        return options;
    }

    private static long? Bytes(double? gib) => gib switch
    {
        null => null,
        > 0 and < MostMemory => (long)(gib.Value * (1L << 30)),
        _ => throw new ToolException(FormattableString.Invariant($"--memory is {gib}; expected is a number of GiB above 0 and below {MostMemory}.")),
    };

    private static void DemandStages(string folder, IEnumerable<string> named)
    {
        var stages = Inspected.Inspect(folder).Stages.Select(stage => stage.Key).ToList();
        // Of a folder that cannot be read, loading says more.
        if (stages.Count > 0 && named.Except(stages).FirstOrDefault() is { } absent)
            throw new ToolException($"A place is given for '{absent}', which the model '{folder}' has not; its parts are {string.Join(", ", stages.Prepend(PartChoices.TextEncoder))}.");
    }
}
