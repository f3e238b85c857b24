using System.Text.Json;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Benchmarks;

/// <summary>Networks with random weights: speed does not depend on what they say.</summary>
internal static class RandomNetwork
{
    private const double Spread = 0.02;

    /// <param name="path">A config.json, or a file that holds one under the key "config", as the recorded full-size configurations do.</param>
    public static UNetConfig Config(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var root = document.RootElement;
        return UNetConfig.Parse((root.TryGetProperty("config", out var inner) ? inner : root).GetRawText(), path);
    }

    public static UNet2DCondition UNet(UNetConfig config, Placement placement, bool training = false)
    {
        using var scope = NewDisposeScope();
        var network = new UNet2DCondition(config, placement);
        using (no_grad())
        {
            foreach (var parameter in network.parameters()) parameter.uniform_(-Spread, Spread);
        }

        foreach (var parameter in network.parameters()) parameter.requires_grad = training;
        network.train(training);
        scope.Detach(network.parameters());
        return network;
    }

    public static ScalarType Dtype(string name) => name switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => throw new ArgumentException($"dtype is {name}; expected float32, bfloat16 or float16."),
    };
}
