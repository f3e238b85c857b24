using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>VQGAN's way from tokens to a picture (vqgan-jax, VQModule.decode_code).</summary>
internal sealed class PictureDecoder : nn.Module<Tensor, Tensor>
{
    /// <summary>Red, green, blue.</summary>
    public const int Channels = 3;

    private readonly long _side;

    [ComponentName(Name = "quantize")]
    private readonly CodeBook _book;

    [ComponentName(Name = "post_quant_conv")]
    private readonly Conv2d _convolution;

    [ComponentName(Name = "decoder")]
    private readonly VqganUpwards _decoder;

    public PictureDecoder(VqganConfig config, Placement placement) : base(nameof(PictureDecoder))
    {
        _side = config.Side;
        _book = new CodeBook(config, placement);
        _convolution = new Conv2d(config.EmbedDim, config.ZChannels, 1, placement);
        _decoder = new VqganUpwards(config, placement);
        RegisterComponents();
    }

    /// <summary>This network's key for a checkpoint's; null for those of <see cref="PictureEncoder"/> alone.</summary>
    public static string? Key(string name) =>
        name.StartsWith("encoder.", StringComparison.Ordinal) || name.StartsWith("quant_conv.", StringComparison.Ordinal) ? null : VqganNames.Key(name);

    /// <summary>Reads the weights of a folder in which the checkpoint also holds the encoder, or does not.</summary>
    /// <exception cref="WeightsException">Missing, damaged, or of another network.</exception>
    public static PictureDecoder Load(IWeights weights, VqganConfig config, Placement placement) =>
        WeightsLoader.Build(weights, place => new PictureDecoder(config, place), placement, Key);

    /// <param name="tokens">row by row, int64 [B, T]</param>
    /// <returns>about 0 to 1, [B, 3, H, W]</returns>
    public override Tensor forward(Tensor tokens)
    {
        if (tokens.dim() != 2 || tokens.shape[1] != _side * _side)
            throw new ArgumentException($"tokens are [{string.Join(", ", tokens.shape)}]; expected [B, {_side * _side}], {_side} x {_side} row by row.");
        return DecodeRows(tokens);
    }

    /// <summary>As <see cref="forward"/>, of the topmost rows alone.</summary>
    /// <param name="tokens">int64 [B, rows · side]</param>
    /// <returns>about 0 to 1, [B, 3, rows · H / side, W]</returns>
    public Tensor DecodeRows(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var map = _book.forward(tokens).unflatten(1, [tokens.shape[1] / _side, _side]).permute(0, 3, 1, 2); // [B, embed_dim, rows, side]
        return _decoder.forward(_convolution.forward(map)).MoveToOuterDisposeScope();
    }
}
