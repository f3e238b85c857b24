using System.Text.Json.Serialization;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>A U-Net's config.json in diffusers' layout (class UNet2DModel), limited to what unCLIP's super-resolution networks use: they see no text.</summary>
internal sealed record UNet2DConfig
{
    /// <summary>Side length of the pictures; null in a network that draws on pictures of another's, as that of Karlo's last step.</summary>
    public int? SampleSize { get; init; }

    /// <summary>Channels of the noisy picture and the smaller one beside it.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of the prediction, twice the picture's where the variance is learned too.</summary>
    public int OutChannels { get; init; } = 3;

    /// <inheritdoc cref="UNetConfig.BlockOutChannels"/>
    public required IReadOnlyList<int> BlockOutChannels { get; init; }

    /// <summary>Kind of each level on the way down; none has attention.</summary>
    [JsonConverter(typeof(KindsConverter<DownBlockType>))]
    public required IReadOnlyList<DownBlockType> DownBlockTypes { get; init; }

    /// <summary>Kind of each level on the way up, lowest resolution first; none has attention.</summary>
    [JsonConverter(typeof(KindsConverter<UpBlockType>))]
    public required IReadOnlyList<UpBlockType> UpBlockTypes { get; init; }

    /// <summary>Residual blocks per level; on the way up one more.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>UNetMidBlock2D: two residual blocks at the lowest resolution.</summary>
    public string? MidBlockType { get; init; } = Middle;

    /// <summary>Whether there is attention between the middle's residual blocks.</summary>
    public bool AddAttention { get; init; } = true;

    /// <summary>Channels per head of that attention; null for one head.</summary>
    public int? AttentionHeadDim { get; init; } = 8;

    /// <summary>Groups of that attention's normalisation; null for <see cref="NormNumGroups"/> where the time embedding is added, and for no normalisation where it scales and shifts.</summary>
    public int? AttnNormNumGroups { get; init; }

    /// <summary>default or scale_shift: how the time embedding enters a residual block.</summary>
    public string ResnetTimeScaleShift { get; init; } = Added;

    /// <inheritdoc cref="UNetConfig.MidBlockScaleFactor"/>
    public double MidBlockScaleFactor { get; init; } = 1;

    /// <inheritdoc cref="UNetConfig.NormNumGroups"/>
    public int NormNumGroups { get; init; } = 32;

    /// <inheritdoc cref="UNetConfig.NormEps"/>
    public double NormEps { get; init; } = 1e-5;

    /// <inheritdoc cref="UNetConfig.TimeEmbeddingDim"/>
    public int? TimeEmbeddingDim { get; init; }

    /// <summary>Height and width of a picture must be multiples of this.</summary>
    [JsonIgnore]
    public int SizeMultiple => 1 << (BlockOutChannels.Count - 1);

    /// <summary>Groups of the middle attention's normalisation; null for none.</summary>
    [JsonIgnore]
    public int? AttentionGroups => AttnNormNumGroups ?? (ResnetTimeScaleShift == Added ? NormNumGroups : null);

    private const string Kind = "a U-Net without text (UNet2DModel)", Added = "default", Scaled = "scale_shift", Middle = "UNetMidBlock2D";

    private const int Widest = 1 << 16, MostLayers = 100, LargestSample = 8192, MostLevels = 12, LargestFactor = 1_000_000;

    private static readonly (string Key, string Expected)[] Fixed =
    [
        ("_class_name", "\"UNet2DModel\""), ("act_fn", "\"silu\""), ("center_input_sample", "false"), ("class_embed_type", "null"), ("downsample_padding", "1"),
        ("downsample_type", "\"conv\""), ("dropout", "0"), ("flip_sin_to_cos", "true"), ("freq_shift", "0"), ("num_class_embeds", "null"),
        ("time_embedding_type", "\"positional\""), ("upsample_type", "\"conv\""),
    ];

    /// <exception cref="WeightsException">The file is missing, no such configuration, or of a network that there is no code for; names key and value.</exception>
    public static UNet2DConfig Load(string path)
    {
        var config = ConfigText.Read<UNet2DConfig>(path, Kind, Fixed);
        config.Check(path);
        return config;
    }

    /// <summary>The same structure as the blocks take it.</summary>
    public UNetConfig Blocks() => new()
    {
        InChannels = InChannels, OutChannels = OutChannels, BlockOutChannels = BlockOutChannels, DownBlockTypes = DownBlockTypes, UpBlockTypes = UpBlockTypes,
        LayersPerBlock = [LayersPerBlock], AttentionHeadDim = [AttentionHeadDim ?? BlockOutChannels[^1]], CrossAttentionDim = 1, SampleSize = SampleSize,
        ResnetTimeScaleShift = ResnetTimeScaleShift == Scaled ? TimeScaleShift.ScaleShift : TimeScaleShift.Default, MidBlockScaleFactor = MidBlockScaleFactor,
        NormNumGroups = NormNumGroups, NormEps = NormEps, TimeEmbeddingDim = TimeEmbeddingDim,
    };

    private void Check(string path)
    {
        var levels = BlockOutChannels.Count;
        if (levels is 0 or > MostLevels || DownBlockTypes.Count != levels || UpBlockTypes.Count != levels)
            throw new WeightsException($"'{path}' has {levels} block_out_channels, {DownBlockTypes.Count} down_block_types and {UpBlockTypes.Count} up_block_types; expected are as many of each, 1 to {MostLevels}.");
        foreach (var channels in BlockOutChannels) ConfigText.CheckSizes(path, ("block_out_channels", channels, Widest));
        ConfigText.CheckSizes(path,
            ("sample_size", SampleSize ?? 1, LargestSample), ("in_channels", InChannels, Widest), ("out_channels", OutChannels, Widest), ("layers_per_block", LayersPerBlock, MostLayers),
            ("attention_head_dim", AttentionHeadDim ?? 1, Widest), ("attn_norm_num_groups", AttnNormNumGroups ?? 1, Widest), ("norm_num_groups", NormNumGroups, Widest),
            ("time_embedding_dim", TimeEmbeddingDim ?? 1, Widest));
        if (MidBlockType != Middle) throw new WeightsException($"'{path}' has mid_block_type = {MidBlockType ?? "null"}; supported is {Middle}.");
        if (ResnetTimeScaleShift is not (Added or Scaled)) throw new WeightsException($"'{path}' has resnet_time_scale_shift = {ResnetTimeScaleShift}; supported are {Added} and {Scaled}.");
        if (NormEps is not (> 0 and <= 1)) throw new WeightsException(FormattableString.Invariant($"'{path}' has norm_eps = {NormEps}; expected is more than 0, at most 1."));
        if (MidBlockScaleFactor is not (> 0 and <= LargestFactor)) throw new WeightsException(FormattableString.Invariant($"'{path}' has mid_block_scale_factor = {MidBlockScaleFactor}; expected is more than 0."));
        CheckBlocks(path);
        CheckDivisions(path);
    }

    private void CheckBlocks(string path)
    {
        foreach (var type in DownBlockTypes)
        {
            if (type is not (DownBlockType.ResnetDownsampleBlock2D or DownBlockType.DownBlock2D))
                throw new WeightsException($"'{path}' has a {type} in down_block_types, which sees a text; supported are ResnetDownsampleBlock2D and DownBlock2D.");
        }
        foreach (var type in UpBlockTypes)
        {
            if (type is not (UpBlockType.ResnetUpsampleBlock2D or UpBlockType.UpBlock2D))
                throw new WeightsException($"'{path}' has an {type} in up_block_types, which sees a text; supported are ResnetUpsampleBlock2D and UpBlock2D.");
        }
    }

    private void CheckDivisions(string path)
    {
        if (SampleSize is not null && SampleSize % SizeMultiple != 0) throw new WeightsException($"'{path}' has sample_size = {SampleSize}; expected is a multiple of {SizeMultiple}, for {BlockOutChannels.Count} levels.");
        foreach (var channels in BlockOutChannels)
        {
            if (channels % NormNumGroups != 0) throw new WeightsException($"'{path}' has block_out_channels of {channels}, which norm_num_groups = {NormNumGroups} does not divide.");
        }
        if (BlockOutChannels[0] % 2 != 0) throw new WeightsException($"'{path}' has block_out_channels that begin with {BlockOutChannels[0]}; expected is an even number, for sinusoids in pairs.");
        if (!AddAttention) return;
        if (BlockOutChannels[^1] % (AttentionHeadDim ?? 1) != 0)
            throw new WeightsException($"'{path}' has block_out_channels that end with {BlockOutChannels[^1]}, which attention_head_dim = {AttentionHeadDim} does not divide.");
        if (AttentionGroups is { } groups && BlockOutChannels[^1] % groups != 0)
            throw new WeightsException($"'{path}' has block_out_channels that end with {BlockOutChannels[^1]}, which attn_norm_num_groups = {groups} does not divide.");
    }
}
