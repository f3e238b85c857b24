using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Networks.Configuration;

public sealed partial record UNetConfig
{
    /// <summary>diffusers' group count for the text's normalisation, which no key of the file changes.</summary>
    internal const int TextNormGroups = 32;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Keys without effect on the blocks supported here.</summary>
    private static readonly HashSet<string> Inert =
    [
        "addition_time_embed_dim", "projection_class_embeddings_input_dim",
    ];

    /// <summary>Keys of which one value is supported, and null; each value is written as in JSON.</summary>
    private static readonly Dictionary<string, string> Fixed = new()
    {
        ["_class_name"] = "\"UNet2DConditionModel\"",
        ["attention_type"] = "\"default\"",
        ["center_input_sample"] = "false",
        ["class_embeddings_concat"] = "false",
        ["conv_in_kernel"] = "3",
        ["conv_out_kernel"] = "3",
        ["downsample_padding"] = "1",
        ["dropout"] = "0",
        ["dual_cross_attention"] = "false",
        ["encoder_hid_dim_type"] = "\"text_proj\"",
        ["flip_sin_to_cos"] = "true",
        ["freq_shift"] = "0",
        ["num_attention_heads"] = "null",
        ["reverse_transformer_layers_per_block"] = "null",
        ["time_cond_proj_dim"] = "null",
        ["time_embedding_type"] = "\"positional\"",
        ["timestep_post_act"] = "null",
    };

    /// <summary>Most levels: each halves the picture.</summary>
    private const int MostLevels = 12;

    /// <summary>Most channels, or numbers of a vector, anywhere in the network; the largest published ones have a tenth.</summary>
    private const int Widest = 1 << 16;

    private const int MostLayers = 100, LargestSample = 8192, LargestFactor = 1_000_000;

    /// <summary>Reads and checks a config.json.</summary>
    /// <exception cref="NetworkConfigException">The file is no U-Net configuration, or asks for what this network does not do.</exception>
    public static UNetConfig Load(string path)
    {
        try
        {
            return Parse(ConfigFile.Read(path), path);
        }
        catch (InvalidDataException error)
        {
            throw new NetworkConfigException(error.Message, error);
        }
    }

    /// <summary>Reads and checks the text of a config.json.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it comes from, for error messages.</param>
    /// <exception cref="NetworkConfigException">As for <see cref="Load"/>.</exception>
    public static UNetConfig Parse(string json, string source)
    {
        UNetConfig config;
        try
        {
            config = JsonSerializer.Deserialize<UNetConfig>(json, Options)
                ?? throw new NetworkConfigException($"{source} holds null instead of a U-Net's configuration.");
        }
        catch (JsonException error)
        {
            throw new NetworkConfigException($"{source}: {Describe(json, error)}", error);
        }

        try
        {
            foreach (var (key, value) in config.Others) CheckOther(key, value, source);
        }
        // Half of a surrogate pair, as an escape, surfaces when the string is compared.
        catch (InvalidOperationException error)
        {
            throw new NetworkConfigException($"{source}: a text is not valid Unicode ({error.Message})", error);
        }
        config.Check(source);
        return config;
    }

    private static string Describe(string json, JsonException error)
    {
        var key = error.Path?.TrimStart('$', '.');
        if (string.IsNullOrEmpty(key)) return JsonFault.Explain(error);
        var name = key.Split('[', '.')[0];
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!document.RootElement.TryGetProperty(name, out var value)) return JsonFault.Explain(error);
            return $"{name} is {value.GetRawText()}, which is not supported{Choices(name)}.";
        }
        catch (Exception second) when (second is JsonException or InvalidOperationException)
        {
            return JsonFault.Explain(error);
        }
    }

    private static string Choices(string key)
    {
        var property = Options.GetTypeInfo(typeof(UNetConfig)).Properties.FirstOrDefault(p => p.Name == key);
        if (property is null) return "";
        var type = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
        if (!type.IsEnum) return $"; expected {JsonFault.KindOf(type.Name)}";
        var values = Enum.GetValuesAsUnderlyingType(type).Cast<int>().Select(value => Enum.ToObject(type, value));
        return "; expected one of " + string.Join(", ", values.Select(value => JsonSerializer.Serialize(value, type, Options)));
    }

    private static void CheckOther(string key, JsonElement value, string source)
    {
        if (Inert.Contains(key) || value.ValueKind == JsonValueKind.Null) return;
        if (Fixed.TryGetValue(key, out var expected))
        {
            using var document = JsonDocument.Parse(expected);
            if (JsonElement.DeepEquals(value, document.RootElement)) return;
            throw new NetworkConfigException($"{source}: {key} is {value.GetRawText()}, which is not supported; expected {expected}.");
        }

        if (key.StartsWith('_')) return;
        throw new NetworkConfigException($"{source}: {key} is {value.GetRawText()}, but this network knows no such key; remove it or set it to null.");
    }

    private void Check(string source)
    {
        string? fault = Faults().FirstOrDefault(fault => fault.Found).Text;
        if (fault is not null) throw new NetworkConfigException($"{source}: {fault}");
    }

    /// <summary>Looked for one after another, because the later ones rely on the earlier ones' absence.</summary>
    private IEnumerable<(bool Found, string Text)> Faults() => Lengths().Concat(Ranges()).Concat(Divisions());

    private IEnumerable<(bool Found, string Text)> Lengths()
    {
        (bool, string) PerLevel(string key, int count, bool oneForAll) =>
            (count != Levels && !(oneForAll && count == 1), $"{key} has {count} entries, but block_out_channels has {Levels}.");

        yield return (Levels is 0 or > MostLevels, $"block_out_channels has {Levels} entries; expected 1 to {MostLevels}.");
        yield return PerLevel("down_block_types", DownBlockTypes.Count, false);
        yield return PerLevel("up_block_types", UpBlockTypes.Count, false);
        yield return PerLevel("layers_per_block", LayersPerBlock.Count, true);
        yield return PerLevel("attention_head_dim", AttentionHeadDim.Count, true);
        yield return PerLevel("only_cross_attention", OnlyCrossAttention.Count, true);
        yield return PerLevel("transformer_layers_per_block", TransformerLayersPerBlock.Count, true);
    }

    private IEnumerable<(bool Found, string Text)> Ranges()
    {
        static (bool, string) Within(string key, double value, double most) =>
            (!(value > 0 && value <= most), FormattableString.Invariant($"{key} is {value}; expected more than 0, at most {most}."));

        foreach (var channels in BlockOutChannels) yield return Within("block_out_channels", channels, Widest);
        foreach (var layers in LayersPerBlock) yield return Within("layers_per_block", layers, MostLayers);
        foreach (var width in AttentionHeadDim) yield return Within("attention_head_dim", width, Widest);
        foreach (var layers in TransformerLayersPerBlock) yield return Within("transformer_layers_per_block", layers, MostLayers);
        yield return Within("num_class_embeds", NumClassEmbeds ?? 1, Widest);
        yield return Within("in_channels", InChannels, Widest);
        yield return Within("out_channels", OutChannels, Widest);
        yield return Within("cross_attention_dim", CrossAttentionDim, Widest);
        yield return Within("encoder_hid_dim", EncoderHidDim ?? 1, Widest);
        yield return Within("time_embedding_dim", TimeEmbeddingWidth, 4 * Widest);
        yield return Within("norm_num_groups", NormNumGroups, Widest);
        yield return Within("addition_embed_type_num_heads", AdditionEmbedTypeNumHeads, Widest);
        yield return Within("sample_size", SampleSize ?? 1, LargestSample);
        yield return Within("norm_eps", NormEps, 1);
        yield return Within("resnet_out_scale_factor", ResnetOutScaleFactor, LargestFactor);
        yield return Within("mid_block_scale_factor", MidBlockScaleFactor, LargestFactor);
    }

    private IEnumerable<(bool Found, string Text)> Divisions()
    {
        (bool, string) Divides(string key, int value, string byKey, int by) => (value % by != 0, $"{key} is {value}, which {byKey} {by} does not divide.");

        foreach (var channels in BlockOutChannels) yield return Divides("block_out_channels", channels, "norm_num_groups", NormNumGroups);
        yield return Divides("block_out_channels[0], the width of the sinusoidal embedding,", BlockOutChannels[0], "the pair of sine and cosine,", 2);
        for (var level = 0; level < Levels; level++)
        {
            if (HasAttention(level)) yield return Divides($"block_out_channels[{level}]", BlockOutChannels[level], "attention_head_dim", HeadDimAt(level));
        }

        var typed = Others.TryGetValue("encoder_hid_dim_type", out var kind) && kind.ValueKind != JsonValueKind.Null;
        yield return (EncoderHidDim is null && typed, "encoder_hid_dim_type is given without encoder_hid_dim.");
        if (AdditionEmbedType is not null) yield return Divides("the text's width", TextWidth, "addition_embed_type_num_heads", AdditionEmbedTypeNumHeads);
        var plain = DownBlockTypes.Any(IsPlain) || UpBlockTypes.Any(IsPlain) || MidBlockType == MidBlockType.UNetMidBlock2DCrossAttn;
        yield return (plain && ResnetSkipTimeAct, "resnet_skip_time_act is true, which only Simple… and Resnet… blocks know; expected false.");
        yield return (plain && ResnetOutScaleFactor != 1, FormattableString.Invariant($"resnet_out_scale_factor is {ResnetOutScaleFactor}, which only Simple… and Resnet… blocks know; expected 1."));
        if (CrossAttentionNorm is not null) yield return Divides("cross_attention_dim", CrossAttentionDim, "its normalisation's group count", TextNormGroups);
    }

    private bool HasAttention(int level) =>
        level == Levels - 1
        || DownBlockTypes[level] is DownBlockType.SimpleCrossAttnDownBlock2D or DownBlockType.CrossAttnDownBlock2D
        || UpBlockTypes[Levels - 1 - level] is UpBlockType.SimpleCrossAttnUpBlock2D or UpBlockType.CrossAttnUpBlock2D;

    private static bool IsPlain(DownBlockType type) => type is DownBlockType.DownBlock2D or DownBlockType.CrossAttnDownBlock2D;

    private static bool IsPlain(UpBlockType type) => type is UpBlockType.UpBlock2D or UpBlockType.CrossAttnUpBlock2D;
}
