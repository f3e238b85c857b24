using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>VQGAN's way from a picture to tokens (vqgan-jax, VQModule.encode).</summary>
internal sealed class PictureEncoder : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "encoder")]
    private readonly VqganDownwards _encoder;

    [ComponentName(Name = "quant_conv")]
    private readonly Conv2d _convolution;

    [ComponentName(Name = "quantize")]
    private readonly CodeBook _book;

    public PictureEncoder(VqganConfig config, Placement placement) : base(nameof(PictureEncoder))
    {
        _encoder = new VqganDownwards(config, placement);
        _convolution = new Conv2d(config.ZChannels, config.EmbedDim, 1, placement);
        _book = new CodeBook(config, placement);
        RegisterComponents();
    }

    /// <summary>This network's key for a checkpoint's; null for those of <see cref="PictureDecoder"/> alone.</summary>
    public static string? Key(string name) =>
        name.StartsWith("decoder.", StringComparison.Ordinal) || name.StartsWith("post_quant_conv.", StringComparison.Ordinal) ? null : VqganNames.Key(name);

    /// <summary>As <see cref="PictureDecoder.Load"/>.</summary>
    public static PictureEncoder Load(IWeights weights, VqganConfig config, Placement placement) =>
        WeightsLoader.Build(weights, place => new PictureEncoder(config, place), placement, Key);

    /// <param name="picture">0 to 1, [B, 3, H, W]</param>
    /// <returns>row by row, int64 [B, T]</returns>
    public override Tensor forward(Tensor picture)
    {
        using var scope = NewDisposeScope();
        return _book.Nearest(Features.Tokens(_convolution.forward(_encoder.forward(picture)))).MoveToOuterDisposeScope();
    }
}
