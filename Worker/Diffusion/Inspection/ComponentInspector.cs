using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Inspection;

/// <summary>Looks at one component's folder.</summary>
internal static class ComponentInspector
{
    private const string UNet = "UNet2DConditionModel";
    private const string T5 = "T5EncoderModel";

    /// <summary>Files that a component without weights needs, by the end of its class's name.</summary>
    private static readonly (string Suffix, string[] Files)[] Plain =
    [
        ("Scheduler", ["scheduler_config.json"]), ("T5Tokenizer", ["spiece.model"]), ("CLIPTokenizer", ["vocab.json", "merges.txt"]),
        ("FeatureExtractor", ["preprocessor_config.json"]), ("ImageProcessor", ["preprocessor_config.json"]),
    ];

    public static ComponentReport Inspect(string folder, string name, string className)
    {
        var report = new ComponentReport { Name = name, ClassName = className };
        if (!Directory.Exists(folder)) return report with { Fault = $"its folder '{folder}' is missing" };
        foreach (var (suffix, files) in Plain)
        {
            if (!className.EndsWith(suffix, StringComparison.Ordinal)) continue;
            var missing = files.Where(file => !File.Exists(Path.Combine(folder, file))).ToList();
            return report with { Fault = missing.Count > 0 ? $"{string.Join(" and ", missing)} missing in '{folder}'" : null };
        }
        return InspectNetwork(folder, report);
    }

    private static ComponentReport InspectNetwork(string folder, ComponentReport report)
    {
        try
        {
            using var weights = WeightsFolder.Open(folder);
            var entries = weights.Names.Select(weights.Entry).ToList();
            report = report with
            {
                Parameters = entries.Sum(entry => entry.Shape.Aggregate(1L, (product, side) => product * side)),
                StoredBytes = entries.Sum(entry => entry.Length),
                Dtypes = [.. entries.Select(entry => SafetensorsDtype.NameOf(entry.Dtype)).Distinct().Order(StringComparer.Ordinal)],
            };
            Compare(folder, report.ClassName, weights);
            return report;
        }
        catch (Exception error) when (error is WeightsException or NetworkConfigException or IOException or UnauthorizedAccessException)
        {
            return report with { Fault = error.Message.TrimEnd('.') };
        }
    }

    /// <summary>Builds the network without memory and compares its keys and shapes with the file's.</summary>
    private static void Compare(string folder, string className, WeightsFolder weights)
    {
        using var scope = NewDisposeScope();
        var config = Path.Combine(folder, "config.json");
        switch (className)
        {
            case UNet:
                using (var network = new UNet2DCondition(UNetConfig.Load(config), Placement.Meta)) WeightsLoader.Check(network, weights);
                break;
            case T5:
                using (var network = new T5Encoder(T5Config.Load(config), Placement.Meta)) WeightsLoader.Check(network, weights, T5Encoder.Key);
                break;
            default:
                throw new NetworkConfigException($"this version cannot run a {className}; it runs {UNet} and {T5}");
        }
    }
}
