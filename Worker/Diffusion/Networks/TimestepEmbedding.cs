using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>A timestep (or a noise level) as a vector: sinusoids through a perceptron of two layers.</summary>
internal sealed class TimestepEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly long _width;
    private readonly ActivationFunction _activation;

    [ComponentName(Name = "linear_1")]
    private readonly Linear _first;

    [ComponentName(Name = "linear_2")]
    private readonly Linear _second;

    public TimestepEmbedding(UNetConfig config, Placement placement)
        : this(config.BlockOutChannels[0], config.TimeEmbeddingWidth, config.TimeEmbeddingWidth, config.ActFn, placement) { }

    /// <param name="width">Of the sinusoids.</param>
    /// <param name="inner">Between the layers.</param>
    /// <param name="output">D</param>
    /// <param name="activation">Between the layers.</param>
    /// <param name="placement">Where the parameters live.</param>
    public TimestepEmbedding(long width, long inner, long output, ActivationFunction activation, Placement placement) : base(nameof(TimestepEmbedding))
    {
        (_width, _activation) = (width, activation);
        _first = new Linear(width, inner, placement);
        _second = new Linear(inner, output, placement);
        RegisterComponents();
    }

    /// <param name="input">timesteps [B]</param>
    /// <returns>[B, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var waves = SinusoidalEmbedding.Compute(input, _width).to(_first.Weight.dtype);
        return _second.call(Features.Activate(_first.call(waves), _activation)).MoveToOuterDisposeScope();
    }
}
