using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Text;

/// <summary>The layers.</summary>
internal sealed class ClipStack : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "layers")]
    private readonly ModuleList<ClipLayer> _layers;

    public ClipStack(IClipShape config, Placement placement) : base(nameof(ClipStack))
    {
        _layers = new ModuleList<ClipLayer>([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ClipLayer(config, placement))]);
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var states = input.alias();
        foreach (var layer in _layers)
        {
            var before = states;
            states = layer.call(before);
            before.Dispose();
        }
        return states.MoveToOuterDisposeScope();
    }
}
