using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

/// <summary>A small DALL-E Mini with random weights as published, and what the original JAX code computes with it; outside the repository.</summary>
internal static class DalleReference
{
    /// <summary>The goldens hold to this: |difference| / |golden| over the whole tensor.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Of the code book: later tokens stand for nothing in a picture.</summary>
    public const long Codes = 64;

    public static string Folder => Reference.PathOf("dalle-mini", "model");

    public static string VqganFolder => Path.Combine(Folder, "vqgan");

    public static string PathOf(string name) => Reference.PathOf("dalle-mini", name);

    /// <summary>Configurations of mini and mega, without weights.</summary>
    public static string FullSize(string name) => Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "DalleMini", "Goldens", name);

    public static SafetensorsFile Golden() => SafetensorsFile.Open(PathOf("expected.safetensors"));

    public static DalleBart Transformer(Placement? placement = null)
    {
        using var weights = FlaxWeights.Open(Path.Combine(Folder, "flax_model.msgpack"));
        var config = DalleBartConfig.Load(Path.Combine(Folder, "config.json")).FittedTo(weights);
        return WeightsLoader.Build(weights, place => new DalleBart(config, place), placement ?? Placement.Cpu, DalleBart.Key);
    }

    public static VqganConfig Vqgan => VqganConfig.Load(Path.Combine(VqganFolder, "config.json"));

    public static FlaxWeights VqganWeights() => FlaxWeights.Open(Path.Combine(VqganFolder, "flax_model.msgpack"));

    /// <summary>Prompts as the recorded run has them: an empty one as the unconditional side of each, then the prompts.</summary>
    public static (Tensor Ids, Tensor Mask) Tokens(params string[] prompts) =>
        DalleBartTokenizer.Load(Folder, 64).Encode([.. prompts.Select(_ => ""), .. prompts], CPU);

    public static readonly string[] Prompts = ["an armchair in the shape of an avocado", "a red fox wearing a hat"];
}
