using RenderFarm.Diffusion.Layers;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>One loading of a cascade: where parts go, which text encoders the stages share, and what was read so far.</summary>
internal sealed class StageLoading(CascadeOptions options) : IDisposable
{
    private readonly Dictionary<string, PromptEncoder> _byFolder = new(StringComparer.Ordinal);

    /// <summary>The text encoders loaded so far, in order; they belong to this object.</summary>
    public List<PromptEncoder> Texts { get; } = [];

    /// <summary>The weights loaded so far: name within the cascade, such as stage1/unet, and SHA-256.</summary>
    public List<(string Name, string Sha256)> Weights { get; } = [];

    /// <summary>Whether prompts are cleaned as DeepFloyd IF does, where a family knows that.</summary>
    public bool CleanPrompts => options.CleanPrompts;

    /// <summary>Where a stage's networks go.</summary>
    public Placement PlacementOf(StagePlace place) => options.PlacementOf(options.Stages.GetValueOrDefault(place.Key));

    /// <summary>The text encoder in a stage's folder, loaded when the first stage asks for it.</summary>
    /// <param name="owner">The stage whose folder it is.</param>
    /// <param name="load">Loads it to a place.</param>
    public PromptEncoder TextOf(StagePlace owner, Func<Placement, ITextModel> load)
    {
        if (_byFolder.TryGetValue(owner.Index.Folder, out var known)) return known;
        var text = new PromptEncoder(load(options.PlacementOf(options.TextEncoder)), options.TextCacheBytes);
        Texts.Add(text);
        _byFolder.Add(owner.Index.Folder, text);
        Weights.Add(($"{owner.Key}/text_encoder", text.WeightsSha256));
        return text;
    }

    public void Dispose() => Texts.ForEach(text => text.Dispose());
}
