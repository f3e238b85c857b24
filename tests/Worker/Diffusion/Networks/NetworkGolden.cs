using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Networks;

/// <summary>Small U-Nets with random weights, and what diffusers 0.40 computes with them.</summary>
internal static class NetworkGolden
{
    /// <summary>The goldens hold to this however the sums are ordered: |difference| / |golden| over the whole tensor.</summary>
    public const double Tolerance = 1e-4;

    public static string Folder(string name) => Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Networks", "Goldens", name);

    public static string ConfigText(string name) => File.ReadAllText(Path.Combine(Folder(name), "config.json"));

    public static UNetConfig Config(string name) => UNetConfig.Load(Path.Combine(Folder(name), "config.json"));

    public static UNet2DCondition Network(string name, Placement placement)
    {
        var network = new UNet2DCondition(Config(name), placement);
        using var weights = WeightsFolder.Open(Folder(name));
        WeightsLoader.Load(network, weights);
        network.eval();
        return network;
    }

    public static NetworkCase Case(string name)
    {
        using var file = SafetensorsFile.Open(Path.Combine(Folder(name), "golden.safetensors"));
        var sample = file.Read("sample");
        // One for each picture, or one for all.
        var timesteps = file.Read("timestep").expand(sample.shape[0]).clone();
        return new NetworkCase(sample, timesteps, file.Read("encoder_hidden_states"), file.Contains("class_labels") ? file.Read("class_labels") : null, file.Read("out"));
    }
}
