using RenderFarm.Diffusion.Autoencoders;
using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>What is done to the smallest map (vqgan-jax, MidBlock).</summary>
internal sealed class VqganMidBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "block_1")]
    private readonly AutoencoderResnet _first;

    [ComponentName(Name = "attn_1")]
    private readonly VqganAttention _attention;

    [ComponentName(Name = "block_2")]
    private readonly AutoencoderResnet _second;

    public VqganMidBlock(long channels, Placement placement) : base(nameof(VqganMidBlock))
    {
        _first = new AutoencoderResnet(VqganNorm.Groups, channels, channels, placement);
        _attention = new VqganAttention(channels, placement);
        _second = new AutoencoderResnet(VqganNorm.Groups, channels, channels, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C, H, W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _second.forward(_attention.forward(_first.forward(input))).MoveToOuterDisposeScope();
    }
}
