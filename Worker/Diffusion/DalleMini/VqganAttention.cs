using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Blocks;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>x + attention of one head between the places of a map (vqgan-jax, AttnBlock).</summary>
internal sealed class VqganAttention : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm")]
    private readonly GroupNorm _norm;

    [ComponentName(Name = "q")]
    private readonly Conv2d _query;

    [ComponentName(Name = "k")]
    private readonly Conv2d _key;

    [ComponentName(Name = "v")]
    private readonly Conv2d _value;

    [ComponentName(Name = "proj_out")]
    private readonly Conv2d _output;

    public VqganAttention(long channels, Placement placement) : base(nameof(VqganAttention))
    {
        _norm = VqganNorm.Create(channels, placement);
        _query = new Conv2d(channels, channels, 1, placement);
        _key = new Conv2d(channels, channels, 1, placement);
        _value = new Conv2d(channels, channels, 1, placement);
        _output = new Conv2d(channels, channels, 1, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C, H, W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var normed = NormalisedActivation.Apply(_norm, input, null, null);
        Tensor Tokens(Conv2d convolution) => Features.Tokens(convolution.forward(normed)); // [B, HW, C]
        var mixed = DotProductAttention.Apply(Tokens(_query), Tokens(_key), Tokens(_value), heads: 1);
        return input.Plus(_output.forward(Features.Map(mixed, input.shape[2], input.shape[3]))).MoveToOuterDisposeScope();
    }
}
