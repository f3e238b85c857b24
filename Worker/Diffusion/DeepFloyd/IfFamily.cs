using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.References;

namespace RenderFarm.Diffusion.DeepFloyd;

/// <summary>DeepFloyd IF's first stage; <see cref="IfStage"/>.</summary>
internal sealed class IfFamily : IStageFamily
{
    public string ClassName => "IFPipeline";

    public bool NeedsPicture => false;

    public StageOutline Outline(StagePlace place)
    {
        var path = place.Index.UNetPath;
        var (network, scheduler) = (UNetConfig.Load(path), place.Index.OpenScheduler());
        PixelDiffusion.Check(network, scheduler.Read(null), path, takesPicture: false);
        IfText.Check(place, network, path);
        ReferenceParts.Check(place);
        return new StageOutline(
            network.SampleSize!.Value, $"'{path}' has sample_size = {network.SampleSize}", settings => PixelDiffusion.Plan(settings, IfStage.Usual, scheduler, network));
    }

    public IEnumerable<StageComponent> Components(StagePlace place) => IfText.Components(place);

    public IStage Load(StagePlace place, StageLoading loading)
    {
        var text = IfText.Load(place, loading);
        var stage = IfStage.Load(place.Index, text, loading.PlacementOf(place));
        loading.Weights.Add(($"{place.Key}/unet", stage.WeightsSha256));
        return stage;
    }
}
