using System.Text.Json;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Fusion;

/// <summary>The structure of a <see cref="FusionNetwork"/>, as its config.json states it.</summary>
internal sealed record FusionConfig : IClipShape
{
    /// <summary>D: width of the text encoder's states.</summary>
    public required long HiddenSize { get; init; }

    /// <summary>Width of the image encoder's states.</summary>
    public required long ImageWidth { get; init; }

    /// <inheritdoc />
    public required long IntermediateSize { get; init; }

    /// <inheritdoc />
    public required int NumHiddenLayers { get; init; }

    /// <inheritdoc />
    public required long NumAttentionHeads { get; init; }

    /// <summary>G: learned queries, each for a part of what is said.</summary>
    public required int Slots { get; init; }

    /// <summary>W: words that a slot may write.</summary>
    public required int WordsPerSlot { get; init; }

    /// <summary>V: pieces of the text encoder's vocabulary.</summary>
    public required long VocabSize { get; init; }

    /// <inheritdoc />
    public string HiddenAct => ClipTextConfig.Gelu;

    /// <inheritdoc />
    public double LayerNormEps => 1e-5;

    /// <inheritdoc />
    public bool IsCausal => false;

    private const string ModelType = "renderfarm_fusion";
    private const long Widest = 1 << 16, MostLayers = 1000, MostSlots = 1 << 12, MostPieces = 1 << 20;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <param name="path">A fusion's config.json.</param>
    /// <exception cref="WeightsException">It is no such file, or describes a network that cannot be; names key and value.</exception>
    public static FusionConfig Load(string path)
    {
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected is the fusion's config.json.");
        try
        {
            var json = ConfigFile.Read(path);
            using (var document = JsonDocument.Parse(json))
            {
                var root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("model_type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != ModelType)
                    throw new WeightsException($"'{path}' is not the configuration of a fusion of text and picture: its model_type is not {ModelType}.");
            }
            var config = JsonSerializer.Deserialize<FusionConfig>(json, Format)!;
            config.Check(path);
            return config;
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException or InvalidDataException)
        {
            throw new WeightsException($"'{path}' is not the configuration of a fusion of text and picture: {JsonFault.Explain(error)}", error);
        }
    }

    private void Check(string path)
    {
        (string Key, long Value, long Most)[] sizes =
        [
            ("hidden_size", HiddenSize, Widest), ("image_width", ImageWidth, Widest), ("intermediate_size", IntermediateSize, Widest), ("num_hidden_layers", NumHiddenLayers, MostLayers),
            ("num_attention_heads", NumAttentionHeads, Widest), ("slots", Slots, MostSlots), ("words_per_slot", WordsPerSlot, MostSlots),
            ("vocab_size", VocabSize, MostPieces),
        ];
        foreach (var (key, value, most) in sizes)
        {
            if (value < 1 || value > most) throw new WeightsException($"'{path}' has {key} = {value}; expected is a number from 1 to {most}.");
        }
        if (HiddenSize % NumAttentionHeads != 0)
            throw new WeightsException($"'{path}' has hidden_size = {HiddenSize}, which num_attention_heads = {NumAttentionHeads} does not divide.");
    }
}
