using System.Text.Json;
using System.Text.Json.Serialization;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>
/// An autoencoder's config.json in diffusers' layout (class AutoencoderKL), with diffusers' defaults. Values that cannot be honoured are refused
/// when the file is read.
/// </summary>
internal sealed record AutoencoderConfig
{
    /// <summary>Channels of pictures that are encoded.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of pictures that are decoded.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Width of each level, from the picture's resolution downwards; each level halves height and width.</summary>
    public required IReadOnlyList<int> BlockOutChannels { get; init; }

    /// <summary>Residual blocks per level; the way up has one more.</summary>
    public int LayersPerBlock { get; init; } = 1;

    public int NormNumGroups { get; init; } = 32;

    /// <summary>Side length of the pictures it was trained at, which is that of a tile (<see cref="TiledDecoding"/>).</summary>
    public int SampleSize { get; init; } = 32;

    /// <summary>What latents are multiplied with to have unit variance.</summary>
    public double ScalingFactor { get; init; } = 0.18215;

    /// <summary>Whether half precision is too little for it.</summary>
    public bool ForceUpcast { get; init; } = true;

    public bool UseQuantConv { get; init; } = true;

    public bool UsePostQuantConv { get; init; } = true;

    /// <summary>Whether there is attention at the lowest resolution.</summary>
    public bool MidBlockAddAttention { get; init; } = true;

    /// <summary>All other keys of the file, each checked for the value that is supported.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> Others { get; init; } = new Dictionary<string, JsonElement>();

    [JsonIgnore]
    public int Levels => BlockOutChannels.Count;

    /// <summary>Pixels of a picture's side per latent.</summary>
    [JsonIgnore]
    public int Factor => 1 << (Levels - 1);

    private const int MostLevels = 12, Widest = 1 << 16, MostLayers = 100, LargestSample = 1 << 16;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <summary>Keys of which one value is supported, and null; each value is written as in JSON.</summary>
    private static readonly Dictionary<string, string> Fixed = new()
    {
        ["_class_name"] = "\"AutoencoderKL\"",
        ["act_fn"] = "\"silu\"",
        ["latents_mean"] = "null",
        ["latents_std"] = "null",
        ["shift_factor"] = "0",
    };

    /// <exception cref="NetworkConfigException">The file is no such configuration, or asks for what this network does not do.</exception>
    public static AutoencoderConfig Load(string path)
    {
        try
        {
            var config = JsonSerializer.Deserialize<AutoencoderConfig>(ConfigFile.Read(path), Format)
                ?? throw new NetworkConfigException($"{path} holds null instead of an autoencoder's configuration.");
            if (config.Faults().FirstOrDefault(fault => fault.Found) is { Text: { } text }) throw new NetworkConfigException($"{path}: {text}");
            return config;
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException)
        {
            throw new NetworkConfigException($"{path} is not the configuration of an autoencoder: {JsonFault.Explain(error)}", error);
        }
    }

    /// <summary>Looked for one after another, because the later ones rely on the earlier ones' absence.</summary>
    private IEnumerable<(bool Found, string Text)> Faults()
    {
        static (bool, string) Within(string key, double value, double most) =>
            (!(value > 0 && value <= most), FormattableString.Invariant($"{key} is {value}; expected more than 0, at most {most}."));

        foreach (var (key, value) in Others) yield return Other(key, value);
        yield return (Levels is 0 or > MostLevels, $"block_out_channels has {Levels} entries; expected 1 to {MostLevels}.");
        foreach (var channels in BlockOutChannels) yield return Within("block_out_channels", channels, Widest);
        yield return Within("in_channels", InChannels, Widest);
        yield return Within("out_channels", OutChannels, Widest);
        yield return Within("latent_channels", LatentChannels, Widest);
        yield return Within("layers_per_block", LayersPerBlock, MostLayers);
        yield return Within("norm_num_groups", NormNumGroups, Widest);
        yield return Within("sample_size", SampleSize, LargestSample);
        yield return Within("scaling_factor", ScalingFactor, float.MaxValue);
        foreach (var channels in BlockOutChannels)
            yield return (channels % NormNumGroups != 0, $"block_out_channels is {channels}, which norm_num_groups {NormNumGroups} does not divide.");
    }

    private (bool, string) Other(string key, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return (false, "");
        if (key is "down_block_types" or "up_block_types") return BlockTypes(key, value, key == "down_block_types" ? "DownEncoderBlock2D" : "UpDecoderBlock2D");
        if (!Fixed.TryGetValue(key, out var expected))
            return (!key.StartsWith('_'), $"{key} is {value.GetRawText()}, but this network knows no such key; remove it or set it to null.");
        using var document = JsonDocument.Parse(expected);
        return (!JsonElement.DeepEquals(value, document.RootElement), $"{key} is {value.GetRawText()}, which is not supported; expected {expected}.");
    }

    private (bool, string) BlockTypes(string key, JsonElement value, string expected)
    {
        var right = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == Levels
            && value.EnumerateArray().All(type => type.ValueKind == JsonValueKind.String && type.GetString() == expected);
        return (!right, $"{key} is {value.GetRawText()}; expected \"{expected}\" {Levels} times, once for each entry of block_out_channels.");
    }
}
