using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>Looks through a model folder as loading would, on the meta device and past the first fault.</summary>
internal sealed class CascadeInspector
{
    private static readonly string[] Networks = ["text_encoder", "unet", "vae"];

    private readonly List<string> _errors = [];
    private bool _hasText;

    private CascadeInspector(bool hasText) => _hasText = hasText;

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
        var stages = new List<StageReport>();
        var hasText = false;
        foreach (var stage in file.Stages)
        {
            var inspector = new CascadeInspector(hasText);
            stages.Add(inspector.Stage(Path.Combine(folder, stage), stage, stages.Count, file));
            hasText = inspector._hasText;
        }
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
            Try(() => StageLoader.CheckClass(index));
            _hasText |= index.HasTextEncoder;
            if (!_hasText) _errors.Add("no tokenizer and text_encoder here or in a stage before; the first stage must bring them.");
            foreach (var part in Networks.Where(index.Components.Contains)) Try(() => components.Add(Component(index, part)));
            if (_errors.Count == 0) size = CheckParts(index, number);
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

    /// <summary>Configurations, vocabulary, and whether the weights are those of the networks the configurations describe.</summary>
    /// <returns>The pictures' side.</returns>
    private int? CheckParts(ModelIndex index, int number)
    {
        using var scope = NewDisposeScope();
        int? size = null;
        var takesPicture = StageLoader.TakesPicture(index);
        if (takesPicture && number == 0) _errors.Add("enlarges a picture; it cannot be the first stage.");
        if (!takesPicture && number > 0) _errors.Add("begins with noise; it must be the first stage.");
        Try(() =>
        {
            var path = Path.Combine(index.PathOf("unet"), "config.json");
            var config = UNetConfig.Load(path);
            PixelDiffusion.Check(config, SchedulerConfig.Load(Path.Combine(index.PathOf("scheduler"), "scheduler_config.json")), path, takesPicture);
            size = config.SampleSize;
            using var network = new UNet2DCondition(config, Placement.Meta);
            using var weights = WeightsFolder.Open(index.PathOf("unet"));
            WeightsLoader.Check(network, weights);
        });
        if (takesPicture) Try(() => SchedulerConfig.Load(Path.Combine(index.PathOf("image_noising_scheduler"), "scheduler_config.json")));
        if (index.HasTextEncoder) Try(() => CheckText(index));
        return size;
    }

    private static void CheckText(ModelIndex index)
    {
        T5Tokenizer.Load(Path.Combine(index.PathOf("tokenizer"), "spiece.model"));
        using var encoder = new T5Encoder(T5Config.Load(Path.Combine(index.PathOf("text_encoder"), "config.json")), Placement.Meta);
        using var weights = WeightsFolder.Open(index.PathOf("text_encoder"));
        WeightsLoader.Check(encoder, weights, T5Encoder.Key);
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
