using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Diffusion.StableDiffusion;

/// <summary>Stable Diffusion's upscaler; <see cref="StableDiffusionUpscaleStage"/>.</summary>
internal sealed class StableDiffusionUpscaleFamily : IStageFamily
{
    public string ClassName => "StableDiffusionUpscalePipeline";

    public bool NeedsPicture => true;

    public StageOutline Outline(StagePlace place)
    {
        var (configs, before) = Configs(place);
        var (noising, factor) = (UpscaleNoising.Of(place.Index, configs.UNet.NumClassEmbeds), configs.Autoencoder.Factor);
        return new StageOutline(
            before * factor, $"'{configs.AutoencoderPath}' enlarges {factor} times to {before * factor}", settings => StableDiffusionUpscaleStage.Plan(settings, configs, noising));
    }

    public IEnumerable<StageComponent> Components(StagePlace place) => LatentDiffusion.Components(place.Index);

    public IStage Load(StagePlace place, StageLoading loading)
    {
        var (configs, before) = Configs(place);
        var noising = UpscaleNoising.Of(place.Index, configs.UNet.NumClassEmbeds);
        return new StableDiffusionUpscaleStage(LatentDiffusion.Load(place, configs, loading, StableDiffusionUpscaleStage.ScalingFactor), before, noising);
    }

    private static (LatentConfigs Configs, int SizeBefore) Configs(StagePlace place)
    {
        var configs = LatentConfigs.Read(place.Index, otherChannels: Picture.Channels);
        if (!configs.UNet.TakesNoiseLevel) throw new CascadeException($"'{configs.UNetPath}' has num_class_embeds = null; expected is how many noise levels the network knows.");
        if (place.SizeBefore is not { } before) throw new CascadeException($"The stage before '{place.Index.Folder}' cannot be used, so it is unknown what this one enlarges.");
        configs.CheckSide(before, $"'{place.Index.Folder}' enlarges pictures of {before} x {before}");
        return (configs, before);
    }
}
