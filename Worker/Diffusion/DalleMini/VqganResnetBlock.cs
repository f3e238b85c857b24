using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>x + conv(swish(norm(conv(swish(norm(x)))))), with a 1x1 convolution on x where the channels change (vqgan-jax, ResnetBlock).</summary>
internal sealed class VqganResnetBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly GroupNorm _inputNorm;

    [ComponentName(Name = "conv1")]
    private readonly Conv2d _inputConvolution;

    [ComponentName(Name = "norm2")]
    private readonly GroupNorm _outputNorm;

    [ComponentName(Name = "conv2")]
    private readonly Conv2d _outputConvolution;

    [ComponentName(Name = "nin_shortcut")]
    private readonly Conv2d? _shortcut;

    public VqganResnetBlock(long input, long output, Placement placement) : base(nameof(VqganResnetBlock))
    {
        _inputNorm = VqganNorm.Create(input, placement);
        _inputConvolution = new Conv2d(input, output, 3, placement);
        _outputNorm = VqganNorm.Create(output, placement);
        _outputConvolution = new Conv2d(output, output, 3, placement);
        _shortcut = input == output ? null : new Conv2d(input, output, 1, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, in, H, W]</param>
    /// <returns>[B, out, H, W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = _inputConvolution.forward(NormalisedActivation.Apply(_inputNorm, input, null, ActivationFunction.Silu));
        hidden = _outputConvolution.forward(NormalisedActivation.Apply(_outputNorm, hidden, null, ActivationFunction.Silu));
        return hidden.Plus(_shortcut is null ? input : _shortcut.forward(input)).MoveToOuterDisposeScope();
    }
}
