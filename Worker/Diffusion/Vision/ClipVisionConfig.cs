using System.Text.Json;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Vision;

/// <summary>The structure of a CLIP image encoder, as its config.json states it; defaults are transformers' CLIPVisionConfig's.</summary>
internal sealed record ClipVisionConfig : IClipShape
{
    /// <summary>D: width of the states.</summary>
    public long HiddenSize { get; init; } = 768;

    /// <inheritdoc />
    public long IntermediateSize { get; init; } = 3072;

    /// <inheritdoc />
    public int NumHiddenLayers { get; init; } = 12;

    /// <inheritdoc />
    public long NumAttentionHeads { get; init; } = 12;

    /// <summary>Height and width of the pictures in pixels.</summary>
    public long ImageSize { get; init; } = 224;

    /// <summary>Height and width of a patch in pixels.</summary>
    public long PatchSize { get; init; } = 32;

    /// <inheritdoc />
    public string HiddenAct { get; init; } = ClipTextConfig.QuickGelu;

    /// <inheritdoc />
    public double LayerNormEps { get; init; } = 1e-5;

    /// <summary>E: width of the picture's embedding, where the network gives one.</summary>
    public long ProjectionDim { get; init; } = 512;

    /// <summary>Names of the classes that the weights were saved from.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <inheritdoc />
    public bool IsCausal => false;

    /// <summary>Whether the network ends in a projection of the whole picture (CLIPVisionModelWithProjection), or in states (CLIPVisionModel).</summary>
    public bool HasProjection => Architectures.Contains(WithProjection);

    /// <summary>States of a picture: one of the whole, then one of each patch, row by row.</summary>
    public long States => 1 + (ImageSize / PatchSize * (ImageSize / PatchSize));

    /// <summary>The class whose network ends in a projection.</summary>
    public const string WithProjection = "CLIPVisionModelWithProjection";

    private const long Widest = 1 << 16, MostLayers = 1000, LargestSide = 1 << 12;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <param name="path">A CLIP image encoder's config.json.</param>
    /// <exception cref="WeightsException">It is no such file, or describes a network that is not supported; names key and value.</exception>
    public static ClipVisionConfig Load(string path) => Read(path, root => root);

    /// <summary>As <see cref="Load"/>, of a network whose image encoder is one part of it.</summary>
    /// <param name="path">The network's config.json.</param>
    /// <param name="part">The key that describes the image encoder: vision_config.</param>
    /// <exception cref="WeightsException">As for <see cref="Load"/>.</exception>
    public static ClipVisionConfig LoadPart(string path, string part) => Read(path, root =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(part, out var config) ? config
            : throw new WeightsException($"'{path}' has no {part}; expected is the configuration of a network with a CLIP image encoder."));

    private static ClipVisionConfig Read(string path, Func<JsonElement, JsonElement> partOf)
    {
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected is the image encoder's config.json.");
        try
        {
            using var document = JsonDocument.Parse(ConfigFile.Read(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            var part = partOf(document.RootElement);
            CheckKind(part, path);
            var config = part.Deserialize<ClipVisionConfig>(Format)!;
            config.Check(path);
            return config;
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException or InvalidDataException)
        {
            throw new WeightsException($"'{path}' is not the configuration of a CLIP image encoder: {JsonFault.Explain(error)}", error);
        }
    }

    private static void CheckKind(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("model_type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "clip_vision_model")
            throw new WeightsException($"'{path}' is not the configuration of a CLIP image encoder: its model_type is not clip_vision_model.");
        if (root.TryGetProperty("num_channels", out var channels) && channels.ToString() != "3")
            throw new WeightsException($"'{path}' has num_channels = {channels}; supported is 3.");
    }

    private void Check(string path)
    {
        (string Key, long Value, long Most)[] sizes =
        [
            ("hidden_size", HiddenSize, Widest), ("intermediate_size", IntermediateSize, Widest), ("num_hidden_layers", NumHiddenLayers, MostLayers),
            ("num_attention_heads", NumAttentionHeads, Widest), ("image_size", ImageSize, LargestSide), ("patch_size", PatchSize, LargestSide), ("projection_dim", ProjectionDim, Widest),
        ];
        foreach (var (key, value, most) in sizes)
        {
            if (value < 1 || value > most) throw new WeightsException($"'{path}' has {key} = {value}; expected is a number from 1 to {most}.");
        }
        if (HiddenSize % NumAttentionHeads != 0)
            throw new WeightsException($"'{path}' has hidden_size = {HiddenSize}, which num_attention_heads = {NumAttentionHeads} does not divide.");
        if (ImageSize % PatchSize != 0) throw new WeightsException($"'{path}' has image_size = {ImageSize}, which patch_size = {PatchSize} does not divide.");
        if (HiddenAct is not (ClipTextConfig.QuickGelu or ClipTextConfig.Gelu))
            throw new WeightsException($"'{path}' has hidden_act = {HiddenAct}; supported are {ClipTextConfig.QuickGelu} and {ClipTextConfig.Gelu}.");
        if (LayerNormEps is not (> 0 and <= 1)) throw new WeightsException($"'{path}' has layer_norm_eps = {LayerNormEps}; expected is more than 0, at most 1.");
    }
}
