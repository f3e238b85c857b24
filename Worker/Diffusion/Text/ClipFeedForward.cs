using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Text;

/// <summary>A perceptron of two layers.</summary>
internal sealed class ClipFeedForward : nn.Module<Tensor, Tensor>
{
    private const double QuickGeluFactor = 1.702;

    private readonly bool _quick;

    [ComponentName(Name = "fc1")]
    private readonly Linear _first;

    [ComponentName(Name = "fc2")]
    private readonly Linear _second;

    public ClipFeedForward(IClipShape config, Placement placement) : base(nameof(ClipFeedForward))
    {
        _quick = config.HiddenAct == ClipTextConfig.QuickGelu;
        _first = new Linear(config.HiddenSize, config.IntermediateSize, placement);
        _second = new Linear(config.IntermediateSize, config.HiddenSize, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var inner = _first.call(input); // [B, L, inner]
        var activated = _quick ? inner.mul(inner.Times(QuickGeluFactor).sigmoid()) : nn.functional.gelu(inner);
        return _second.call(activated).MoveToOuterDisposeScope();
    }
}
