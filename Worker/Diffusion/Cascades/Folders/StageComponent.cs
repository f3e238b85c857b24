using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>A part of a stage with weights, as inspection looks at it; each step throws what loading would.</summary>
/// <param name="Describe">Counts what the files hold.</param>
/// <param name="CheckWeights">Compares names and shapes with the network that the configuration describes; nothing is allocated.</param>
internal sealed record StageComponent(Func<ComponentReport> Describe, Action CheckWeights)
{
    /// <summary>A network in a folder of its own, with safetensors.</summary>
    /// <param name="index">The stage.</param>
    /// <param name="part">unet, text_encoder …</param>
    /// <param name="outline">Builds the network where it is told to: on the meta device.</param>
    /// <param name="rename">As for <see cref="WeightsLoader.Load"/>.</param>
    public static StageComponent OfFolder(ModelIndex index, string part, Func<Placement, nn.Module> outline, Func<string, string?>? rename = null) =>
        new(() => Count(index, part), () => Check(index, part, outline, rename));

    private static ComponentReport Count(ModelIndex index, string part)
    {
        using var weights = WeightsFolder.Open(index.PathOf(part));
        var parameters = weights.Names.Sum(name => weights.ShapeOf(name).Aggregate(1L, (product, length) => product * length));
        return new ComponentReport(part, parameters, weights.Files.Sum(file => new FileInfo(file).Length), weights.Files);
    }

    private static void Check(ModelIndex index, string part, Func<Placement, nn.Module> outline, Func<string, string?>? rename)
    {
        using var network = outline(Placement.Meta);
        using var weights = WeightsFolder.Open(index.PathOf(part));
        WeightsLoader.Check(network, weights, rename);
    }
}
