using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using TorchSharp;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>
/// The autoencoder between pictures and the latents that latent diffusion works on (Rombach et al. 2022, section 3.1), in diffusers' layout.
/// Latents here are as the networks give and take them: not scaled.
/// </summary>
internal sealed class AutoencoderKL : nn.Module
{
    /// <summary>
    /// Latents of a picture that is decoded as a whole: those of Stable Diffusion 2 at 768 pixels, for which the process's memory was measured to
    /// reach 2.4 GB in float32. Beyond, it would grow with the picture, and tiles are decoded instead (the upscaler's: 0.8 GB).
    /// </summary>
    private const long LargestWhole = 96 * 96;

    /// <summary>Names that diffusers gave the attention's parts before its version 0.15.</summary>
    private static readonly (string Old, string New)[] Renamed =
        [(".query.", ".to_q."), (".key.", ".to_k."), (".value.", ".to_v."), (".proj_attn.", ".to_out.0.")];

    [ComponentName(Name = "encoder")]
    private readonly Encoder _encoder;

    [ComponentName(Name = "quant_conv")]
    private readonly Conv2d? _quantisation;

    [ComponentName(Name = "post_quant_conv")]
    private readonly Conv2d? _afterQuantisation;

    [ComponentName(Name = "decoder")]
    private readonly Decoder _decoder;

    public AutoencoderKL(AutoencoderConfig config, Placement placement) : base(nameof(AutoencoderKL))
    {
        (Config, Placement) = (config, placement);
        var latents = config.LatentChannels;
        _encoder = new Encoder(config, placement);
        _quantisation = config.UseQuantConv ? new Conv2d(2 * latents, 2 * latents, 1, placement) : null;
        _afterQuantisation = config.UsePostQuantConv ? new Conv2d(latents, latents, 1, placement) : null;
        _decoder = new Decoder(config, placement);
        RegisterComponents();
    }

    /// <summary>What the network was built from.</summary>
    public AutoencoderConfig Config { get; }

    /// <summary>Where its parameters live.</summary>
    public Placement Placement { get; }

    /// <summary>The network's key for a checkpoint's key.</summary>
    public static string Key(string name) => name.Contains("mid_block.attentions.", StringComparison.Ordinal)
        ? Renamed.Aggregate(name, (key, pair) => key.Replace(pair.Old, pair.New, StringComparison.Ordinal))
        : name;

    /// <summary>What pictures' latents are drawn from.</summary>
    /// <param name="pictures">[B, 3, H, W] in [−1, 1], H and W multiples of the configuration's factor</param>
    /// <returns>mean and logarithm of the variance, each [B, latent channels, H / factor, W / factor]; the caller's</returns>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor pictures)
    {
        if (pictures.dim() != 4 || pictures.shape[1] != Config.InChannels || pictures.shape[2] % Config.Factor != 0 || pictures.shape[3] % Config.Factor != 0)
            throw new ArgumentException($"pictures are [{string.Join(", ", pictures.shape)}]; expected [B, {Config.InChannels}, H, W], H and W multiples of {Config.Factor}.");
        using var scope = NewDisposeScope();
        var moments = _encoder.call(Features.ChannelsLast(pictures.to(Placement.Dtype)));
        if (_quantisation is not null) moments = _quantisation.call(moments);
        var parts = moments.chunk(2, 1);
        return (parts[0].MoveToOuterDisposeScope(), parts[1].MoveToOuterDisposeScope());
    }

    /// <summary>The pictures of latents, one after another; large ones in tiles.</summary>
    /// <param name="latents">[B, latent channels, h, w]</param>
    /// <returns>[B, 3, factor h, factor w]; the caller's</returns>
    public Tensor Decode(Tensor latents)
    {
        if (latents.dim() != 4 || latents.shape[1] != Config.LatentChannels)
            throw new ArgumentException($"latents are [{string.Join(", ", latents.shape)}]; expected [B, {Config.LatentChannels}, h, w].");
        using var scope = NewDisposeScope();
        var tiled = latents.shape[2] * latents.shape[3] > LargestWhole;
        var pictures = Enumerable.Range(0, (int)latents.shape[0]).Select(row => latents.narrow(0, row, 1)).Select(single => tiled ? DecodeInTiles(single) : DecodeWhole(single));
        return cat([.. pictures], 0).MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="Decode"/>, always in tiles of the size that the network was trained at.</summary>
    internal Tensor DecodeInTiles(Tensor latents) => TiledDecoding.Run(latents, Math.Max(1, Config.SampleSize / Config.Factor), Config.Factor, DecodeWhole);

    /// <summary>As <see cref="Decode"/>, never in tiles.</summary>
    internal Tensor DecodeWhole(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var input = Features.ChannelsLast(latents.to(Placement.Dtype));
        if (_afterQuantisation is not null) input = _afterQuantisation.call(input);
        return _decoder.call(input).MoveToOuterDisposeScope();
    }
}
