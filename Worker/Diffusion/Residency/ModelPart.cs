using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;

namespace RenderFarm.Diffusion.Residency;

/// <summary>What is loaded and given back as one: a stage with all its networks, or a text encoder.</summary>
/// <param name="Name">stage1, stage1/text_encoder …</param>
/// <param name="Placement">Where it computes.</param>
/// <param name="Bytes">Memory that its weights take there.</param>
internal sealed record ModelPart(string Name, Placement Placement, long Bytes)
{
    private const string TextEncoder = "text_encoder";

    /// <summary>The parts of a cascade whose stages were found right.</summary>
    public static IReadOnlyList<ModelPart> Of(IEnumerable<StagePlace> stages, CascadeOptions options) => [.. stages.SelectMany(stage =>
        Of(stage.Key, StageFamilies.Of(stage.Index).Components(stage).Select(component => component.Describe()), options))];

    /// <summary>The parts of one stage.</summary>
    /// <param name="key">stage1, stage2 …</param>
    /// <param name="components">Its networks.</param>
    /// <param name="options">Says where they go.</param>
    public static IEnumerable<ModelPart> Of(string key, IEnumerable<ComponentReport> components, CascadeOptions options)
    {
        var isText = components.ToLookup(component => component.Name == TextEncoder);
        var (text, networks) = (options.PlacementOf(options.TextEncoder), options.PlacementOf(options.Stages.GetValueOrDefault(key)));
        foreach (var encoder in isText[true]) yield return new ModelPart($"{key}/{TextEncoder}", text, encoder.BytesIn(text.Dtype));
        yield return new ModelPart(key, networks, isText[false].Sum(network => network.BytesIn(networks.Dtype)));
    }
}
