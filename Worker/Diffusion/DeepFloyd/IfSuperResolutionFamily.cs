using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Networks.Configuration;

namespace RenderFarm.Diffusion.DeepFloyd;

/// <summary>DeepFloyd IF's second stage; <see cref="IfSuperResolutionStage"/>.</summary>
internal sealed class IfSuperResolutionFamily : IStageFamily
{
    public string ClassName => "IFSuperResolutionPipeline";

    public bool NeedsPicture => true;

    public StageOutline Outline(StagePlace place)
    {
        var path = place.Index.UNetPath;
        var (network, scheduler) = (UNetConfig.Load(path), place.Index.OpenScheduler());
        PixelDiffusion.Check(network, scheduler.Read(null), path, takesPicture: true);
        IfText.Check(place, network, path);
        var noising = IfSuperResolutionStage.NoisingOf(place.Index);
        var levels = noising.Read(null).TrainTimesteps;
        return new StageOutline(
            network.SampleSize!.Value, $"'{path}' has sample_size = {network.SampleSize}",
            settings => IfSuperResolutionStage.WithNoising(PixelDiffusion.Plan(settings, IfSuperResolutionStage.Usual, scheduler, network), levels, noising.Sha256));
    }

    public IEnumerable<StageComponent> Components(StagePlace place) => IfText.Components(place);

    public IStage Load(StagePlace place, StageLoading loading)
    {
        var text = IfText.Load(place, loading);
        var stage = IfSuperResolutionStage.Load(place.Index, text, loading.PlacementOf(place));
        loading.Weights.Add(($"{place.Key}/unet", stage.WeightsSha256));
        return stage;
    }
}
