using System.Text.Json;
using RenderFarm.Diffusion.Autoencoders;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Benchmarks;

/// <summary>Networks with random weights: speed does not depend on what they say.</summary>
internal static class RandomNetwork
{
    private const double Spread = 0.02;

    /// <param name="path">A config.json, or a file that holds one under the key "config", as the recorded full-size configurations do.</param>
    public static UNetConfig Config(string path) => UNetConfig.Parse(ConfigText(path), path);

    /// <param name="path">As <see cref="Config"/> takes it, of a T5 encoder.</param>
    public static T5Config TextConfig(string path) => Inner(path, T5Config.Load);

    /// <param name="path">As <see cref="Config"/> takes it, of an AutoencoderKL.</param>
    public static AutoencoderConfig AutoencoderConfig(string path) => Inner(path, Diffusion.Autoencoders.AutoencoderConfig.Load);

    public static AutoencoderKL Autoencoder(AutoencoderConfig config, Placement placement) => Filled(() => new AutoencoderKL(config, placement));

    public static T5Encoder Text(T5Config config, Placement placement) => Filled(() => new T5Encoder(config, placement));

    /// <summary>A network, ready to compute.</summary>
    public static TNetwork Filled<TNetwork>(Func<TNetwork> make) where TNetwork : nn.Module
    {
        using var scope = NewDisposeScope();
        var network = make();
        Fill(network);
        network.eval();
        scope.Detach(network.parameters());
        return network;
    }

    public static UNet2DCondition UNet(UNetConfig config, Placement placement, bool training = false)
    {
        using var scope = NewDisposeScope();
        var network = new UNet2DCondition(config, placement);
        Fill(network);
        foreach (var parameter in network.parameters()) parameter.requires_grad = training;
        network.train(training);
        scope.Detach(network.parameters());
        return network;
    }

    /// <summary>Reads a configuration by a reader that takes a file.</summary>
    private static T Inner<T>(string path, Func<string, T> load)
    {
        var inner = Path.GetTempFileName();
        try
        {
            File.WriteAllText(inner, ConfigText(path));
            return load(inner);
        }
        finally
        {
            File.Delete(inner);
        }
    }

    private static string ConfigText(string path)
    {
        if (!File.Exists(path)) throw new ArgumentException($"There is no file '{path}'; expected is a network's config.json.");
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var root = document.RootElement;
        return (root.TryGetProperty("config", out var inner) ? inner : root).GetRawText();
    }

    private static void Fill(nn.Module network)
    {
        using var gradients = no_grad();
        foreach (var parameter in network.parameters()) parameter.uniform_(-Spread, Spread);
    }

    public static ScalarType Dtype(string name) => name switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => throw new ArgumentException($"dtype is {name}; expected float32, bfloat16 or float16."),
    };
}
