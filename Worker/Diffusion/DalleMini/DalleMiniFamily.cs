using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>DALL-E Mini, mini and mega; <see cref="DalleMiniStage"/>.</summary>
internal sealed class DalleMiniFamily : IStageFamily
{
    public string ClassName => "dallebart";

    public bool NeedsPicture => false;

    public StageOutline Outline(StagePlace place)
    {
        var folder = DalleMiniFolder.Read(place.Index.Folder);
        folder.ReadTokenizer();
        var (resolution, length, codes) = (folder.Vqgan.Resolution, folder.Transformer.ImageLength, folder.Vqgan.NEmbed);
        return new StageOutline(
            resolution, $"'{place.Index.Folder}' has a VQGAN of resolution = {resolution}", settings => TokenPlan.Resolve(settings, length, codes));
    }

    public IEnumerable<StageComponent> Components(StagePlace place)
    {
        var root = place.Index.Folder;
        yield return Component("transformer", DalleMiniFolder.WeightsOf(root), DalleBart.Key, weights => new DalleBart(DalleMiniFolder.Read(root).Transformer.FittedTo(weights), Placement.Meta));
        yield return Component("vqgan", DalleMiniFolder.VqganWeightsOf(root), PictureDecoder.Key, _ => new PictureDecoder(DalleMiniFolder.Read(root).Vqgan, Placement.Meta));
    }

    public IStage Load(StagePlace place, StageLoading loading)
    {
        var stage = DalleMiniStage.Load(DalleMiniFolder.Read(place.Index.Folder), loading.PlacementOf(place));
        loading.Weights.AddRange([($"{place.Key}/transformer", stage.TransformerSha256), ($"{place.Key}/vqgan", stage.VqganSha256)]);
        return stage;
    }

    /// <summary>A network in one file, of which only what the stage uses is counted.</summary>
    private static StageComponent Component(string name, string path, Func<string, string?> rename, Func<IWeights, nn.Module> outline)
    {
        return new StageComponent(Describe, Check);

        ComponentReport Describe()
        {
            using var weights = FlaxWeights.Open(path);
            var parameters = weights.Names.Where(key => rename(key) is not null).Sum(key => weights.KindOf(key).Shape.Aggregate(1L, (product, length) => product * length));
            return new ComponentReport(name, parameters, new FileInfo(path).Length, [path]);
        }

        void Check()
        {
            using var weights = FlaxWeights.Open(path);
            using var network = outline(weights);
            WeightsLoader.Check(network, weights, rename);
        }
    }
}
