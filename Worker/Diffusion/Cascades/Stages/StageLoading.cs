using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Residency;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>One loading of a cascade: where parts go, which text encoders the stages share, and what was read so far.</summary>
/// <param name="options">How it is loaded.</param>
/// <param name="lenders">Whose memory parts take turns in.</param>
internal sealed class StageLoading(CascadeOptions options, Lenders lenders) : IDisposable
{
    private readonly Dictionary<string, PromptEncoder> _byFolder = new(StringComparer.Ordinal);
    private readonly HashSet<PromptEncoder> _asked = [];

    /// <summary>Whether parts take turns in a device's memory.</summary>
    public bool TakesTurns => lenders.Any;

    /// <summary>The text encoders loaded so far, in order; they belong to this object.</summary>
    public List<PromptEncoder> Texts { get; } = [];

    /// <summary>The weights loaded so far: name within the cascade, such as stage1/unet, and SHA-256.</summary>
    public List<(string Name, string Sha256)> Weights { get; } = [];

    /// <summary>Whether prompts are cleaned as DeepFloyd IF does, where a family knows that.</summary>
    public bool CleanPrompts => options.CleanPrompts;

    /// <summary>Where text encoders go.</summary>
    public Placement TextPlacement => options.PlacementOf(options.TextEncoder);

    /// <summary>Where a stage's networks go.</summary>
    public Placement PlacementOf(StagePlace place) => options.PlacementOf(options.Stages.GetValueOrDefault(place.Key));

    /// <summary>Loads a stage, or where memory is short, a stand-in that loads it when it draws.</summary>
    public IStage Load(StagePlace place)
    {
        var family = StageFamilies.Of(place.Index);
        if (lenders.Of(PlacementOf(place).Device) is not { } lender) return family.Load(place, this);
        return new LentStage(lender, family.Outline(place), () => LoadAgain(family, place), () => [.. _asked]);
    }

    /// <summary>Loads a stage, for the first time or as it was.</summary>
    private IStage LoadAgain(IStageFamily family, StagePlace place)
    {
        _asked.Clear();
        var known = Weights.Where(part => part.Name.StartsWith($"{place.Key}/", StringComparison.Ordinal)).ToList();
        var before = Weights.Count;
        var stage = family.Load(place, this);
        var read = Weights[before..];
        if (known.Count == 0) return stage;
        Weights.RemoveRange(before, read.Count);
        if (read.All(known.Contains)) return stage;
        stage.Dispose();
        throw new CascadeException($"{place.Key}: its weights are others than when the model was loaded; restart, so that pictures say what they were drawn with.");
    }

    /// <summary>The text encoder in a stage's folder, loaded when the first stage asks for it.</summary>
    /// <param name="owner">The stage whose folder it is.</param>
    /// <param name="load">Loads it to a place.</param>
    public PromptEncoder TextOf(StagePlace owner, Func<Placement, ITextModel> load)
    {
        if (!_byFolder.TryGetValue(owner.Index.Folder, out var text)) text = NewText(owner, load);
        _asked.Add(text);
        return text;
    }

    public void Dispose() => Texts.ForEach(text => text.Dispose());

    private PromptEncoder NewText(StagePlace owner, Func<Placement, ITextModel> load)
    {
        var placement = TextPlacement;
        var model = lenders.Of(placement.Device) is { } lender ? new LentTextModel(lender, () => load(placement)) : load(placement);
        var text = new PromptEncoder(model, options.TextCacheBytes);
        Texts.Add(text);
        _byFolder.Add(owner.Index.Folder, text);
        Weights.Add(($"{owner.Key}/text_encoder", text.WeightsSha256));
        return text;
    }
}
