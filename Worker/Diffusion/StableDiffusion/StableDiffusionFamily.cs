using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;

namespace RenderFarm.Diffusion.StableDiffusion;

/// <summary>Stable Diffusion 1 and 2; <see cref="StableDiffusionStage"/>. A safety checker in the folder is not run.</summary>
internal sealed class StableDiffusionFamily : IStageFamily
{
    public string ClassName => "StableDiffusionPipeline";

    public bool NeedsPicture => false;

    public StageOutline Outline(StagePlace place)
    {
        var configs = Configs(place);
        var (side, factor) = (configs.UNet.SampleSize!.Value, configs.Autoencoder.Factor);
        return new StageOutline(
            StableDiffusionStage.SizeOf(configs), $"'{configs.UNetPath}' has sample_size = {side}, of latents that stand for {factor} pixels each", settings => StableDiffusionStage.Plan(settings, configs));
    }

    public IEnumerable<StageComponent> Components(StagePlace place) => LatentDiffusion.Components(place.Index);

    public IStage Load(StagePlace place, StageLoading loading)
    {
        var configs = Configs(place);
        return new StableDiffusionStage(LatentDiffusion.Load(place, configs, loading, configs.Autoencoder.ScalingFactor));
    }

    private static LatentConfigs Configs(StagePlace place)
    {
        var configs = LatentConfigs.Read(place.Index, otherChannels: 0);
        if (configs.UNet.SampleSize is not { } side) throw new CascadeException($"'{configs.UNetPath}' has no sample_size; expected is the latents' height and width.");
        if (configs.UNet.TakesNoiseLevel || configs.UNet.TakesVector) throw new CascadeException($"'{configs.UNetPath}' has class_embed_type or num_class_embeds; a stage of this kind has neither.");
        configs.CheckSide(side, $"'{configs.UNetPath}': sample_size");
        return configs;
    }
}
