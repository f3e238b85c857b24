using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>A residual block that knows no time, with a 1x1 convolution beside it where the channels change.</summary>
internal sealed class AutoencoderResnet : nn.Module<Tensor, Tensor>
{
    /// <summary>Added to the variance in all of the autoencoder's normalisations.</summary>
    public const double Epsilon = 1e-6;

    private const long Kernel = 3;

    [ComponentName(Name = "norm1")]
    private readonly GroupNorm _inputNorm;

    [ComponentName(Name = "conv1")]
    private readonly Conv2d _inputConvolution;

    [ComponentName(Name = "norm2")]
    private readonly GroupNorm _outputNorm;

    [ComponentName(Name = "conv2")]
    private readonly Conv2d _outputConvolution;

    [ComponentName(Name = "conv_shortcut")]
    private readonly Conv2d? _shortcut;

    /// <param name="groups">Of the normalisations.</param>
    /// <param name="input">Channels that come in.</param>
    /// <param name="output">Channels that go out.</param>
    /// <param name="placement">Where the parameters live.</param>
    public AutoencoderResnet(long groups, long input, long output, Placement placement) : base(nameof(AutoencoderResnet))
    {
        _inputNorm = new GroupNorm(groups, input, Epsilon, placement);
        _inputConvolution = new Conv2d(input, output, Kernel, placement);
        _outputNorm = new GroupNorm(groups, output, Epsilon, placement);
        _outputConvolution = new Conv2d(output, output, Kernel, placement);
        _shortcut = input == output ? null : new Conv2d(input, output, 1, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, in, H, W]</param>
    /// <returns>[B, out, H, W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = Convolved(_inputNorm, _inputConvolution, input);
        hidden = Convolved(_outputNorm, _outputConvolution, hidden);
        var residual = _shortcut is null ? input : _shortcut.call(input);
        return residual.Plus(hidden).MoveToOuterDisposeScope();
    }

    private static Tensor Convolved(GroupNorm norm, Conv2d convolution, Tensor input)
    {
        using var activated = NormalisedActivation.Apply(norm, input, null, ActivationFunction.Silu);
        return convolution.call(activated);
    }
}
