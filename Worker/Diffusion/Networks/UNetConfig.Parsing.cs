using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RenderFarm.Diffusion.Networks;

public sealed partial record UNetConfig
{
    /// <summary>diffusers' group count for the text's normalisation, which no key of the file changes.</summary>
    internal const int TextNormGroups = 32;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Keys without effect on the blocks supported here.</summary>
    private static readonly HashSet<string> Inert =
    [
        "downsample_padding", "transformer_layers_per_block", "reverse_transformer_layers_per_block", "use_linear_projection", "attention_type",
        "addition_time_embed_dim", "projection_class_embeddings_input_dim",
    ];

    /// <summary>Keys of which one value is supported, and null; each value is written as in JSON.</summary>
    private static readonly Dictionary<string, string> Fixed = new()
    {
        ["_class_name"] = "\"UNet2DConditionModel\"",
        ["center_input_sample"] = "false",
        ["class_embeddings_concat"] = "false",
        ["conv_in_kernel"] = "3",
        ["conv_out_kernel"] = "3",
        ["dropout"] = "0",
        ["dual_cross_attention"] = "false",
        ["encoder_hid_dim_type"] = "\"text_proj\"",
        ["flip_sin_to_cos"] = "true",
        ["freq_shift"] = "0",
        ["num_attention_heads"] = "null",
        ["num_class_embeds"] = "null",
        ["time_cond_proj_dim"] = "null",
        ["time_embedding_type"] = "\"positional\"",
        ["timestep_post_act"] = "null",
        ["upcast_attention"] = "false",
    };

    /// <summary>Reads and checks a config.json.</summary>
    /// <exception cref="NetworkConfigException">The file is no U-Net configuration, or asks for what this network does not do.</exception>
    public static UNetConfig Load(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads and checks the text of a config.json.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it comes from, for error messages.</param>
    /// <exception cref="NetworkConfigException">As for <see cref="Load"/>.</exception>
    public static UNetConfig Parse(string json, string source)
    {
        UNetConfig config;
        try
        {
            config = JsonSerializer.Deserialize<UNetConfig>(json, Options) ?? throw new NetworkConfigException($"{source} holds null instead of a U-Net's configuration.");
        }
        catch (JsonException error)
        {
            throw new NetworkConfigException($"{source}: {Describe(json, error)}", error);
        }

        foreach (var (key, value) in config.Others) CheckOther(key, value, source);
        config.Check(source);
        return config;
    }

    private static string Describe(string json, JsonException error)
    {
        var key = error.Path?.TrimStart('$', '.');
        if (string.IsNullOrEmpty(key)) return error.Message;
        var name = key.Split('[', '.')[0];
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!document.RootElement.TryGetProperty(name, out var value)) return error.Message;
            return $"{name} is {value.GetRawText()}, which is not supported{Choices(name)}.";
        }
        catch (JsonException)
        {
            return error.Message;
        }
    }

    private static string Choices(string key)
    {
        var property = Options.GetTypeInfo(typeof(UNetConfig)).Properties.FirstOrDefault(p => p.Name == key);
        if (property is null) return "";
        var type = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
        if (!type.IsEnum) return $"; expected {type.Name}";
        return "; expected one of " + string.Join(", ", Enum.GetValuesAsUnderlyingType(type).Cast<int>().Select(v => JsonSerializer.Serialize(Enum.ToObject(type, v), type, Options)));
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
        void Require(bool condition, string text)
        {
            if (!condition) throw new NetworkConfigException($"{source}: {text}");
        }

        void PerLevel<T>(string key, IReadOnlyList<T> values, bool oneForAll) =>
            Require(values.Count == Levels || (oneForAll && values.Count == 1), $"{key} has {values.Count} entries, but block_out_channels has {Levels}.");

        void Positive(string key, double value) => Require(value > 0, $"{key} is {value}; expected more than 0.");

        void Divides(string key, int value, string byKey, int by) => Require(value % by == 0, $"{key} is {value}, which {byKey} {by} does not divide.");

        Require(Levels > 0, "block_out_channels is empty.");
        PerLevel("down_block_types", DownBlockTypes, false);
        PerLevel("up_block_types", UpBlockTypes, false);
        PerLevel("layers_per_block", LayersPerBlock, true);
        PerLevel("attention_head_dim", AttentionHeadDim, true);
        PerLevel("only_cross_attention", OnlyCrossAttention, true);
        Positive("in_channels", InChannels);
        Positive("out_channels", OutChannels);
        Positive("cross_attention_dim", CrossAttentionDim);
        Positive("norm_num_groups", NormNumGroups);
        Positive("norm_eps", NormEps);
        Positive("resnet_out_scale_factor", ResnetOutScaleFactor);
        Positive("mid_block_scale_factor", MidBlockScaleFactor);
        Positive("time_embedding_dim", TimeEmbeddingWidth);
        Positive("addition_embed_type_num_heads", AdditionEmbedTypeNumHeads);
        foreach (var layers in LayersPerBlock) Positive("layers_per_block", layers);
        foreach (var dim in AttentionHeadDim) Positive("attention_head_dim", dim);
        foreach (var channels in BlockOutChannels)
        {
            Positive("block_out_channels", channels);
            Divides("block_out_channels", channels, "norm_num_groups", NormNumGroups);
        }

        Divides("block_out_channels[0], the width of the sinusoidal embedding,", BlockOutChannels[0], "the pair of sine and cosine,", 2);
        for (var level = 0; level < Levels; level++)
        {
            if (HasAttention(level)) Divides($"block_out_channels[{level}]", BlockOutChannels[level], "attention_head_dim", HeadDimAt(level));
        }

        if (EncoderHidDim is { } width) Positive("encoder_hid_dim", width);
        Require(EncoderHidDim is not null || !Others.TryGetValue("encoder_hid_dim_type", out var kind) || kind.ValueKind == JsonValueKind.Null,
            "encoder_hid_dim_type is given without encoder_hid_dim.");
        if (AdditionEmbedType is not null) Divides("the text's width", TextWidth, "addition_embed_type_num_heads", AdditionEmbedTypeNumHeads);
        if (CrossAttentionNorm is not null) Divides("cross_attention_dim", CrossAttentionDim, "its normalisation's group count", TextNormGroups);
    }

    private bool HasAttention(int level) =>
        level == Levels - 1 || DownBlockTypes[level] == DownBlockType.SimpleCrossAttnDownBlock2D || UpBlockTypes[Levels - 1 - level] == UpBlockType.SimpleCrossAttnUpBlock2D;
}
