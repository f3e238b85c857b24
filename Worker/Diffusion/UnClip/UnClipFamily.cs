using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>unCLIP, as Karlo's folders hold it; <see cref="UnClipStage"/>.</summary>
internal sealed class UnClipFamily : IStageFamily
{
    public string ClassName => "UnCLIPPipeline";

    public bool NeedsPicture => false;

    public StageOutline Outline(StagePlace place)
    {
        var configs = UnClipConfigs.Read(place.Index);
        return new StageOutline(configs.Size, $"'{configs.SizePath}' has sample_size = {configs.Size}", settings => UnClipPlan.Resolve(settings, configs.Schedulers));
    }

    public IEnumerable<StageComponent> Components(StagePlace place) => [UnClipTextModel.Component(place.Index), .. UnClipNetworks.Components(place.Index)];

    public IStage Load(StagePlace place, StageLoading loading)
    {
        var configs = UnClipConfigs.Read(place.Index);
        var text = loading.TextOf(place, placement => UnClipTextModel.Load(place.Index, placement));
        var networks = UnClipNetworks.Load(place.Index, configs, loading.PlacementOf(place));
        loading.Weights.AddRange(networks.Weights.Select(part => ($"{place.Key}/{part.Part}", part.Sha256)));
        return new UnClipStage(configs, networks, new UnClipTexts(text, configs.Tokenizer, configs.Prior.NumEmbeddings));
    }
}
