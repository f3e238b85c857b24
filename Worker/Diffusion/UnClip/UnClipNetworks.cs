using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>An unCLIP's networks, loaded.</summary>
internal sealed class UnClipNetworks : IDisposable
{
    private readonly List<nn.Module> _all = [];
    private readonly List<(string Part, string Sha256)> _weights = [];

    private UnClipNetworks(ModelIndex index, UnClipConfigs configs, Placement placement)
    {
        try
        {
            Prior = Network(index, "prior", placement, at => new PriorTransformer(configs.Prior, at));
            Projection = Network(index, "text_proj", placement, at => new TextProjection(configs.Projection, at));
            Decoder = Network(index, "decoder", placement, at => new UNet2DCondition(configs.Decoder, at));
            First = Network(index, "super_res_first", placement, at => new UNet2D(configs.First, at));
            Last = Network(index, "super_res_last", placement, at => new UNet2D(configs.Last, at));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public PriorTransformer Prior { get; }

    public TextProjection Projection { get; }

    public UNet2DCondition Decoder { get; }

    /// <summary>The super-resolution's network for all steps but the last.</summary>
    public UNet2D First { get; }

    /// <summary>The super-resolution's network for the last step.</summary>
    public UNet2D Last { get; }

    /// <summary>SHA-256 of the weights as they were loaded, by part.</summary>
    public IReadOnlyList<(string Part, string Sha256)> Weights => _weights;

    /// <summary>Reads the weights of a stage.</summary>
    public static UnClipNetworks Load(ModelIndex index, UnClipConfigs configs, Placement placement) => new(index, configs, placement);

    /// <summary>The networks as inspection looks at them.</summary>
    public static IEnumerable<StageComponent> Components(ModelIndex index)
    {
        string Config(string part) => Path.Combine(index.PathOf(part), "config.json");
        yield return StageComponent.OfFolder(index, "prior", place => new PriorTransformer(PriorConfig.Load(Config("prior")), place));
        yield return StageComponent.OfFolder(index, "text_proj", place => new TextProjection(TextProjectionConfig.Load(Config("text_proj")), place));
        yield return StageComponent.OfFolder(index, "decoder", place => new UNet2DCondition(UNetConfig.Load(Config("decoder")), place));
        foreach (var part in new[] { "super_res_first", "super_res_last" })
            yield return StageComponent.OfFolder(index, part, place => new UNet2D(UNet2DConfig.Load(Config(part)), place));
    }

    public void Dispose() => _all.ForEach(network => network.Dispose());

    private TNetwork Network<TNetwork>(ModelIndex index, string part, Placement placement, Func<Placement, TNetwork> make) where TNetwork : nn.Module
    {
        using var weights = WeightsFolder.Open(index.PathOf(part), preferHalf: placement.Dtype == ScalarType.Float16);
        var network = WeightsLoader.Build(weights, make, placement);
        _all.Add(network);
        _weights.Add((part, weights.Sha256()));
        return network;
    }
}
