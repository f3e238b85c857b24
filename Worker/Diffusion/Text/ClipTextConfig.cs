using System.Text.Json;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Text;

/// <summary>The structure of a CLIP text encoder, as its config.json states it; defaults are transformers' CLIPTextConfig's.</summary>
internal sealed record ClipTextConfig : IClipShape
{
    /// <summary>Rows of the embedding table.</summary>
    public long VocabSize { get; init; } = 49408;

    /// <summary>D: width of the states.</summary>
    public long HiddenSize { get; init; } = 512;

    /// <summary>Inner width of the perceptrons.</summary>
    public long IntermediateSize { get; init; } = 2048;

    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>N: heads of attention.</summary>
    public long NumAttentionHeads { get; init; } = 8;

    /// <summary>Positions that have a vector: the longest text in tokens.</summary>
    public int MaxPositionEmbeddings { get; init; } = 77;

    /// <summary>quick_gelu or gelu.</summary>
    public string HiddenAct { get; init; } = QuickGelu;

    public double LayerNormEps { get; init; } = 1e-5;

    /// <summary>Width of the text's embedding among pictures' embeddings; without meaning where there is no projection to it.</summary>
    public long ProjectionDim { get; init; } = 512;

    /// <summary>The token at whose first place the text's embedding is taken; 2 (of files older than transformers 4.31) means the greatest.</summary>
    public int EosTokenId { get; init; } = 49407;

    /// <inheritdoc />
    public bool IsCausal => true;

    /// <summary>x σ(1.702 x) (Hendrycks and Gimpel 2016): OpenAI's CLIP, in Stable Diffusion 1.</summary>
    public const string QuickGelu = "quick_gelu";

    /// <summary>x Φ(x): OpenCLIP, in Stable Diffusion 2 and the upscaler.</summary>
    public const string Gelu = "gelu";

    private const long LargestVocabulary = 1 << 24, Widest = 1 << 16, MostLayers = 1000, MostPositions = 1 << 16;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <param name="path">A CLIP text encoder's config.json.</param>
    /// <exception cref="WeightsException">It is no such file, or describes a network that is not supported; names key and value.</exception>
    public static ClipTextConfig Load(string path)
    {
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected is the text encoder's config.json.");
        try
        {
            var json = ConfigFile.Read(path);
            using (var document = JsonDocument.Parse(json)) CheckKind(document.RootElement, path);
            var config = JsonSerializer.Deserialize<ClipTextConfig>(json, Format)!;
            config.Check(path);
            return config;
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException or InvalidDataException)
        {
            throw new WeightsException($"'{path}' is not the configuration of a CLIP text encoder: {JsonFault.Explain(error)}", error);
        }
    }

    private static void CheckKind(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("model_type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "clip_text_model")
            throw new WeightsException($"'{path}' is not the configuration of a CLIP text encoder: its model_type is not clip_text_model.");
        if (root.TryGetProperty("use_attention_mask", out var mask) && mask.ValueKind == JsonValueKind.True)
            throw new WeightsException($"'{path}' has use_attention_mask = true; supported is false.");
    }

    private void Check(string path)
    {
        (string Key, long Value, long Most)[] sizes =
        [
            ("vocab_size", VocabSize, LargestVocabulary), ("hidden_size", HiddenSize, Widest), ("intermediate_size", IntermediateSize, Widest),
            ("num_hidden_layers", NumHiddenLayers, MostLayers), ("num_attention_heads", NumAttentionHeads, Widest), ("max_position_embeddings", MaxPositionEmbeddings, MostPositions), ("projection_dim", ProjectionDim, Widest),
        ];
        foreach (var (key, value, most) in sizes)
        {
            if (value < 1 || value > most) throw new WeightsException($"'{path}' has {key} = {value}; expected is a number from 1 to {most}.");
        }
        if (HiddenSize % NumAttentionHeads != 0)
            throw new WeightsException($"'{path}' has hidden_size = {HiddenSize}, which num_attention_heads = {NumAttentionHeads} does not divide.");
        if (HiddenAct is not (QuickGelu or Gelu)) throw new WeightsException($"'{path}' has hidden_act = {HiddenAct}; supported are {QuickGelu} and {Gelu}.");
        if (LayerNormEps is not (> 0 and <= 1)) throw new WeightsException($"'{path}' has layer_norm_eps = {LayerNormEps}; expected is more than 0, at most 1.");
    }
}
