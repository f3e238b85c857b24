using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Text;

/// <summary>The blocks and the norm at their end.</summary>
internal sealed class T5Stack : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ScalarType _dtype;

    [ComponentName(Name = "block")]
    private readonly ModuleList<T5Block> _blocks;

    [ComponentName(Name = "final_layer_norm")]
    private readonly RmsNorm _finalNorm;

    public T5Stack(T5Config config, Placement placement) : base(nameof(T5Stack))
    {
        _dtype = placement.Dtype;
        _blocks = new ModuleList<T5Block>([.. Enumerable.Range(0, config.NumLayers).Select(index => new T5Block(config, hasRelativeBias: index == 0, placement))]);
        _finalNorm = new RmsNorm(config.DModel, config.LayerNormEpsilon, placement);
        RegisterComponents();
    }

    /// <param name="input">embedded tokens, [B, L, D]</param>
    /// <param name="mask">1 for tokens, 0 for padding, [B, L]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var bias = Bias(mask);
        var states = input;
        foreach (var block in _blocks)
        {
            var next = block.forward(states, bias);
            if (!ReferenceEquals(states, input)) states.Dispose();
            states = next;
        }
        return _finalNorm.forward(states).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Relative positions plus, for keys that are padding, the lowest number there is: they get no weight. Padding still queries.
    /// </summary>
    /// <returns>[B, N, L, L]</returns>
    private Tensor Bias(Tensor mask)
    {
        using var scope = NewDisposeScope();
        var padding = mask.logical_not().to(_dtype).Times(finfo(_dtype).min).unsqueeze(1).unsqueeze(1); // [B, 1, 1, L]
        return _blocks[0].PositionBias(mask.shape[1], mask.device).Plus(padding).MoveToOuterDisposeScope();
    }
}
