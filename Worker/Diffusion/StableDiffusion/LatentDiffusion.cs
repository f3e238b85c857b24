using RenderFarm.Diffusion.Autoencoders;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.StableDiffusion;

/// <summary>
/// What Stable Diffusion's stages have in common: a U-Net on latents, conditioned on CLIP's states, and the autoencoder that makes pictures of
/// them (Rombach et al. 2022).
/// </summary>
internal sealed class LatentDiffusion : IDisposable
{
    private readonly UNet2DCondition _unet;
    private readonly AutoencoderKL _autoencoder;
    private readonly ITextStates _text;
    private readonly double _scalingFactor;

    private LatentDiffusion(LatentConfigs configs, UNet2DCondition unet, AutoencoderKL autoencoder, ITextStates text, double scalingFactor) =>
        (Configs, _unet, _autoencoder, _text, _scalingFactor) = (configs, unet, autoencoder, text, scalingFactor);

    /// <summary>SHA-256 of the weights as they were loaded, by part: unet, vae.</summary>
    public required IReadOnlyList<(string Part, string Sha256)> Weights { get; init; }

    public LatentConfigs Configs { get; }

    public Device Device => _unet.Placement.Device;

    public string Dtype => DtypeChoice.NameOf(_unet.Placement.Dtype);

    /// <summary>Reads <c>unet/</c> and <c>vae/</c> of a stage.</summary>
    /// <param name="index">The stage.</param>
    /// <param name="configs">Its configurations.</param>
    /// <param name="text">Stays the caller's.</param>
    /// <param name="placement">The networks'; the autoencoder's is float32 where its configuration asks for that.</param>
    /// <param name="scalingFactor">What latents are divided by before they are decoded.</param>
    public static LatentDiffusion Load(ModelIndex index, LatentConfigs configs, ITextStates text, Placement placement, double scalingFactor)
    {
        var (unet, unetSha256) = Network(index, "unet", placement, at => new UNet2DCondition(configs.UNet, at));
        try
        {
            var exact = configs.Autoencoder.ForceUpcast ? placement with { Dtype = ScalarType.Float32 } : placement;
            var (autoencoder, autoencoderSha256) = Network(index, "vae", exact, at => new AutoencoderKL(configs.Autoencoder, at), AutoencoderKL.Key);
            return new LatentDiffusion(configs, unet, autoencoder, text, scalingFactor) { Weights = [("unet", unetSha256), ("vae", autoencoderSha256)] };
        }
        catch
        {
            unet.Dispose();
            throw;
        }
    }

    /// <summary>As the other, with the stage's own text encoder, and telling of the weights.</summary>
    public static LatentDiffusion Load(StagePlace place, LatentConfigs configs, StageLoading loading, double scalingFactor)
    {
        var text = loading.TextOf(place, placement => ClipTextModel.Load(place.Index, placement));
        var diffusion = Load(place.Index, configs, text, loading.PlacementOf(place), scalingFactor);
        loading.Weights.AddRange(diffusion.Weights.Select(part => ($"{place.Key}/{part.Part}", part.Sha256)));
        return diffusion;
    }

    /// <summary>The parts as inspection looks at them.</summary>
    public static IEnumerable<StageComponent> Components(ModelIndex index) =>
    [
        .. ClipTextModel.Components(index),
        StageComponent.OfFolder(index, "unet", place => new UNet2DCondition(UNetConfig.Load(index.UNetPath), place)),
        StageComponent.OfFolder(index, "vae", place => new AutoencoderKL(AutoencoderConfig.Load(Path.Combine(index.PathOf("vae"), "config.json")), place), AutoencoderKL.Key),
    ];

    /// <inheritdoc cref="IStage.Draw"/>
    /// <param name="rows">B pictures.</param>
    /// <param name="size">Of the latents.</param>
    /// <param name="low">What the network is shown beside the latents; made before their noise is drawn.</param>
    /// <param name="stepped">After each step.</param>
    public Tensor Draw(IReadOnlyList<StageRow> rows, PictureSize size, LowResolution? low, Action<StageStep> stepped)
    {
        using var scope = NewDisposeScope();
        var start = PictureNoise.Draw([.. rows.Select(row => row.Noise)], [Configs.Autoencoder.LatentChannels, size.Height, size.Width], Device);
        var latents = GuidedSampling.Run(_unet, _text, rows, start, null, low, Decode, stepped);
        return Decode(latents).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _unet.Dispose();
        _autoencoder.Dispose();
    }

    /// <param name="latents">float32 [B, C, h, w] as the U-Net has them.</param>
    /// <returns>float32 [B, 3, H, W] in [−1, 1] on the CPU, the caller's</returns>
    private Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return _autoencoder.Decode(latents.Over(_scalingFactor)).to(ScalarType.Float32).Between(-1, 1).cpu().MoveToOuterDisposeScope();
    }

    private static (TNetwork Network, string Sha256) Network<TNetwork>(
        ModelIndex index, string part, Placement placement, Func<Placement, TNetwork> make, Func<string, string?>? rename = null)
        where TNetwork : nn.Module
    {
        using var weights = WeightsFolder.Open(index.PathOf(part), preferHalf: placement.Dtype == ScalarType.Float16);
        return (WeightsLoader.Build(weights, make, placement, rename), weights.Sha256());
    }
}
