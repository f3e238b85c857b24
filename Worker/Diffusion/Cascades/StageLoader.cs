using RenderFarm.Diffusion.Layers;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>The pipelines that can be stages, by the class name diffusers gives them.</summary>
internal sealed class StageLoader
{
    private static readonly Dictionary<string, Func<ModelIndex, ITextStates, Placement, IStage>> Kinds = new(StringComparer.Ordinal)
    {
        ["IFPipeline"] = IfStage.Load,
        ["IFSuperResolutionPipeline"] = IfSuperResolutionStage.Load,
    };

    private readonly CascadeOptions _options;

    public StageLoader(CascadeOptions options) => _options = options;

    /// <summary>The encoder of the first stage that has one, which the later ones share; null before. Whoever loads owns it.</summary>
    public PromptEncoder? Text { get; private set; }

    /// <summary>The weights loaded so far: name within the cascade, and SHA-256.</summary>
    public List<(string Name, string Sha256)> Weights { get; } = [];

    /// <summary>Whether a stage of this class takes the picture of a stage before.</summary>
    public static bool TakesPicture(ModelIndex index) => index.ClassName == "IFSuperResolutionPipeline";

    /// <exception cref="CascadeException">There is no code for such a stage.</exception>
    public static void CheckClass(ModelIndex index)
    {
        if (Kinds.ContainsKey(index.ClassName)) return;
        throw new CascadeException($"'{index.Folder}' is a {index.ClassName}; supported are {string.Join(", ", Kinds.Keys)}.");
    }

    /// <param name="index">A stage that <see cref="CascadeFit"/> found to fit.</param>
    /// <param name="key">stage1, stage2 …</param>
    public IStage Load(ModelIndex index, string key)
    {
        if (Text is null)
        {
            Text = PromptEncoder.Load(index, _options.PlacementOf(_options.TextEncoder), _options.CleanPrompts, _options.TextCacheBytes);
            Weights.Add(($"{key}/text_encoder", Text.WeightsSha256));
        }
        var stage = Kinds[index.ClassName](index, Text, _options.PlacementOf(_options.Stages.GetValueOrDefault(key)));
        Weights.Add(($"{key}/unet", stage.WeightsSha256));
        return stage;
    }
}
