using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>Looks through a model folder as loading would, on the meta device and past the first fault.</summary>
internal sealed class CascadeInspector
{
    private static readonly string[] Networks = ["text_encoder", "unet", "vae"];

    private readonly List<string> _errors = [];
    private readonly CascadeFit _fit;

    private CascadeInspector(CascadeFit fit) => _fit = fit;

    public static CascadeReport Inspect(string folder)
    {
        CascadeFile file;
        try
        {
            file = CascadeFile.Load(folder);
        }
        catch (CascadeException error)
        {
            return new CascadeReport(folder, null, [], [error.Message]);
        }
        var (stages, fit) = (new List<StageReport>(), new CascadeFit());
        foreach (var stage in file.Stages) stages.Add(new CascadeInspector(fit).Stage(Path.Combine(folder, stage), stage, stages.Count, file));
        return new CascadeReport(folder, file.Name, stages, []);
    }

    private StageReport Stage(string folder, string name, int number, CascadeFile file)
    {
        ModelIndex? index = null;
        int? size = null;
        var components = new List<ComponentReport>();
        Try(() => index = ModelIndex.Load(folder));
        if (index is not null)
        {
            foreach (var part in Networks.Where(index.Components.Contains)) Try(() => components.Add(Component(index, part)));
            Try(() => size = _fit.Add(index, number, file.Defaults.GetValueOrDefault(Cascade.KeyOf(number))));
            if (_errors.Count == 0) CheckWeights(index);
        }
        return new StageReport
        {
            Key = Cascade.KeyOf(number),
            Folder = name,
            Pipeline = index?.ClassName,
            Size = size,
            Components = components,
            Defaults = (file.Defaults.GetValueOrDefault(Cascade.KeyOf(number)) ?? new StageDefaults()).ToSettings(),
            Errors = _errors,
        };
    }

    private static ComponentReport Component(ModelIndex index, string part)
    {
        using var weights = WeightsFolder.Open(index.PathOf(part));
        var parameters = weights.Names.Sum(name => weights.ShapeOf(name).Aggregate(1L, (product, length) => product * length));
        return new ComponentReport(part, parameters, weights.Files.Sum(file => new FileInfo(file).Length), weights.Files);
    }

    /// <summary>Whether vocabulary and weights are those of the networks that the configurations describe.</summary>
    private void CheckWeights(ModelIndex index)
    {
        using var scope = NewDisposeScope();
        Try(() =>
        {
            using var network = new UNet2DCondition(UNetConfig.Load(Path.Combine(index.PathOf("unet"), "config.json")), Placement.Meta);
            using var weights = WeightsFolder.Open(index.PathOf("unet"));
            WeightsLoader.Check(network, weights);
        });
        if (!index.HasTextEncoder) return;
        Try(() =>
        {
            var (_, config) = PromptEncoder.ReadVocabulary(index);
            using var encoder = new T5Encoder(config, Placement.Meta);
            using var weights = WeightsFolder.Open(index.PathOf("text_encoder"));
            WeightsLoader.Check(encoder, weights, T5Encoder.Key);
        });
    }

    private void Try(Action look)
    {
        try
        {
            look();
        }
        catch (Exception error)
            when (error is CascadeException or WeightsException or NetworkConfigException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _errors.Add(error.Message);
        }
    }
}
