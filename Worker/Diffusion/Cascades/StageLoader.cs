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

    /// <summary>The weights loaded so far: name within the cascade, folder, and whether the fp16 variant was preferred.</summary>
    public List<(string Name, string Folder, bool PreferHalf)> Weights { get; } = [];

    /// <summary>Whether a stage of this class takes the picture of a stage before.</summary>
    public static bool TakesPicture(ModelIndex index) => index.ClassName == "IFSuperResolutionPipeline";

    /// <exception cref="CascadeException">There is no code for such a stage.</exception>
    public static void CheckClass(ModelIndex index)
    {
        if (Kinds.ContainsKey(index.ClassName)) return;
        throw new CascadeException($"'{index.Folder}' is a {index.ClassName}; supported are {string.Join(", ", Kinds.Keys)}.");
    }

    public IStage Load(ModelIndex index, string key)
    {
        CheckClass(index);
        if (Text is null)
        {
            if (!index.HasTextEncoder)
            {
                throw new CascadeException(
                    $"'{index.Folder}' has no tokenizer and text_encoder, and no stage before it has; the first stage must bring them.");
            }
            var textPlacement = _options.PlacementOf(_options.TextEncoder);
            Text = PromptEncoder.Load(index, textPlacement, _options.CleanPrompts, _options.TextCacheBytes);
            Record(index, key, "text_encoder", textPlacement);
        }
        var placement = _options.PlacementOf(_options.Stages.GetValueOrDefault(key));
        Record(index, key, "unet", placement);
        return Kinds[index.ClassName](index, Text, placement);
    }

    private void Record(ModelIndex index, string key, string part, Placement placement) =>
        Weights.Add(($"{key}/{part}", index.PathOf(part), placement.Dtype == TorchSharp.torch.ScalarType.Float16));
}
