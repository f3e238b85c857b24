using System.Text.Json;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Text;

/// <summary>The structure of a T5 v1.1 encoder, as its config.json states it.</summary>
internal sealed record T5Config
{
    /// <summary>Rows of the embedding table.</summary>
    public required long VocabSize { get; init; }

    /// <summary>D: width of the states.</summary>
    public required long DModel { get; init; }

    /// <summary>K: width of one head; heads times this need not be D.</summary>
    public required long DKv { get; init; }

    /// <summary>Inner width of the feed-forward layers.</summary>
    public required long DFf { get; init; }

    /// <summary>N: heads of attention.</summary>
    public required long NumHeads { get; init; }

    public required int NumLayers { get; init; }

    /// <summary>Rows of the table of relative position biases, half for each direction.</summary>
    public long RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary>Distances from here on share the last bucket.</summary>
    public long RelativeAttentionMaxDistance { get; init; } = 128;

    public double LayerNormEpsilon { get; init; } = 1e-6;

    private const long LargestVocabulary = 1 << 24, Widest = 1 << 16, MostLayers = 1000, MostBuckets = 1 << 16, LargestDistance = 1 << 24;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    /// <summary>Values that, where a config states them, must be these: others are networks of another kind.</summary>
    private static readonly (string Key, string Expected)[] Fixed =
    [
        ("model_type", "t5"), ("feed_forward_proj", "gated-gelu"), ("is_gated_act", "true"), ("dense_act_fn", "gelu_new"), ("is_decoder", "false"),
    ];

    /// <param name="path">A T5 encoder's config.json.</param>
    /// <exception cref="WeightsException">
    /// It is no such file, lacks a key, or describes a network that is not supported; names key and value.
    /// </exception>
    public static T5Config Load(string path)
    {
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected is the text encoder's config.json.");
        try
        {
            var json = ConfigFile.Read(path);
            using (var document = JsonDocument.Parse(json)) CheckFixed(document.RootElement, path);
            var config = JsonSerializer.Deserialize<T5Config>(json, Format)!;
            config.Check(path);
            return config;
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException or InvalidDataException)
        {
            throw new WeightsException($"'{path}' is not the configuration of a T5 encoder: {JsonFault.Explain(error)}", error);
        }
    }

    /// <summary>The same structure as config.json, which <see cref="Load"/> and transformers read.</summary>
    public string ToJson()
    {
        var values = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["architectures"] = new[] { "T5EncoderModel" }, ["d_ff"] = DFf, ["d_kv"] = DKv, ["d_model"] = DModel, ["decoder_start_token_id"] = 0,
            ["dense_act_fn"] = "gelu_new", ["dropout_rate"] = 0.0, ["eos_token_id"] = 1, ["feed_forward_proj"] = "gated-gelu", ["is_encoder_decoder"] = false,
            ["is_gated_act"] = true, ["layer_norm_epsilon"] = LayerNormEpsilon, ["model_type"] = "t5", ["num_heads"] = NumHeads, ["num_layers"] = NumLayers,
            ["pad_token_id"] = 0, ["relative_attention_max_distance"] = RelativeAttentionMaxDistance,
            ["relative_attention_num_buckets"] = RelativeAttentionNumBuckets, ["tie_word_embeddings"] = true, ["use_cache"] = false, ["vocab_size"] = VocabSize,
        };
        return JsonSerializer.Serialize(values, Format) + "\n";
    }

    private static void CheckFixed(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new WeightsException($"'{path}' is not the configuration of a T5 encoder: it is not a JSON object.");
        // The original T5's plain relu is what a config without this key means.
        if (!root.TryGetProperty("feed_forward_proj", out _))
            throw new WeightsException($"'{path}' states no feed_forward_proj; supported is \"gated-gelu\" (T5 v1.1), not the original T5's relu.");
        foreach (var (key, expected) in Fixed)
        {
            if (!root.TryGetProperty(key, out var value)) continue;
            var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
            if (text != expected)
                throw new WeightsException($"'{path}' has {key} = {value.GetRawText()}; supported is {expected} (T5 v1.1 encoders).");
        }
    }

    private void Check(string path)
    {
        (string Key, long Value, long Most)[] sizes =
        [
            ("vocab_size", VocabSize, LargestVocabulary), ("d_model", DModel, Widest), ("d_kv", DKv, Widest), ("d_ff", DFf, Widest), ("num_heads", NumHeads, Widest),
            ("num_layers", NumLayers, MostLayers), ("relative_attention_num_buckets", RelativeAttentionNumBuckets, MostBuckets),
            ("relative_attention_max_distance", RelativeAttentionMaxDistance, LargestDistance),
        ];
        foreach (var (key, value, most) in sizes)
        {
            if (value < 1 || value > most) throw new WeightsException($"'{path}' has {key} = {value}; expected is a number from 1 to {most}.");
        }
        if (RelativeAttentionNumBuckets < 4 || RelativeAttentionNumBuckets % 4 != 0)
            throw new WeightsException($"'{path}' has relative_attention_num_buckets = {RelativeAttentionNumBuckets}; expected is a multiple of 4 (two directions, near and far).");
        if (RelativeAttentionMaxDistance <= RelativeAttentionNumBuckets / 4)
            throw new WeightsException($"'{path}' has relative_attention_max_distance = {RelativeAttentionMaxDistance}; expected is more than {RelativeAttentionNumBuckets / 4}, a quarter of the buckets.");
        if (LayerNormEpsilon is not (> 0 and <= 1))
            throw new WeightsException($"'{path}' has layer_norm_epsilon = {LayerNormEpsilon}; expected is more than 0, at most 1.");
    }
}
