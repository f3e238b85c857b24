using System.Text.Json;
using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>
/// A U-Net's config.json in diffusers' layout (class UNet2DConditionModel), limited to what DeepFloyd IF's stages I and II, Stable Diffusion 1
/// and 2 and its upscaler, and unCLIP's decoder use. Values that this network cannot honour are refused when the file is read, never ignored.
/// </summary>
public sealed partial record UNetConfig
{
    /// <summary>Channels of the noisy picture or latents, and for a super-resolution stage those of the smaller picture beside them: 3, 6, 4 or 7.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the prediction: 3, or 6 when the variance is learned too; 4 for latents.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Width of each level, from the picture's resolution downwards; each level halves height and width.</summary>
    public required IReadOnlyList<int> BlockOutChannels { get; init; }

    /// <summary>Kind of each level on the way down.</summary>
    public required IReadOnlyList<DownBlockType> DownBlockTypes { get; init; }

    /// <summary>Kind of each level on the way up, lowest resolution first.</summary>
    public required IReadOnlyList<UpBlockType> UpBlockTypes { get; init; }

    /// <summary>Kind of the block between; Stable Diffusion 1 was published without this key.</summary>
    public MidBlockType MidBlockType { get; init; } = MidBlockType.UNetMidBlock2DCrossAttn;

    /// <summary>Residual blocks per level (the way up has one more); in the file one number or one per level.</summary>
    [JsonConverter(typeof(OneOrManyConverter<int>))]
    public required IReadOnlyList<int> LayersPerBlock { get; init; }

    /// <summary>
    /// For blocks with added keys and values (Simple…), channels per attention head; for those with transformers, under the same name, how many
    /// heads there are. In the file one number or one per level.
    /// </summary>
    [JsonConverter(typeof(OneOrManyConverter<int>))]
    public required IReadOnlyList<int> AttentionHeadDim { get; init; }

    /// <summary>Width of the text states that attention sees.</summary>
    public required int CrossAttentionDim { get; init; }

    /// <summary>Width of the text encoder's states where they are projected to <see cref="CrossAttentionDim"/> first; null where they are not.</summary>
    public int? EncoderHidDim { get; init; }

    /// <summary>Activation between layers.</summary>
    public ActivationFunction ActFn { get; init; } = ActivationFunction.Silu;

    /// <summary>Blocks of each transformer; in the file one number or one per level.</summary>
    [JsonConverter(typeof(OneOrManyConverter<int>))]
    public IReadOnlyList<int> TransformerLayersPerBlock { get; init; } = [1];

    /// <summary>Whether the projections around a transformer are stored as linear layers and not as 1x1 convolutions.</summary>
    public bool UseLinearProjection { get; init; }

    /// <summary>Whether attention in transformers is computed in float32.</summary>
    public bool UpcastAttention { get; init; }

    /// <summary>Side length of the picture or latents the network was trained at.</summary>
    public int? SampleSize { get; init; }

    /// <summary>True for attention to the text alone; in the file one value or one per level.</summary>
    [JsonConverter(typeof(OneOrManyConverter<bool>))]
    public IReadOnlyList<bool> OnlyCrossAttention { get; init; } = [false];

    /// <summary>As <see cref="OnlyCrossAttention"/> for the block between; null follows the levels where these agree in one value.</summary>
    public bool? MidBlockOnlyCrossAttention { get; init; }

    /// <summary>What normalises the text states before attention; null for nothing.</summary>
    public CrossAttentionNorm? CrossAttentionNorm { get; init; }

    /// <summary>Timestep where the network is told the noise level of its low-resolution picture, Identity where it is told a vector; else null.</summary>
    public ClassEmbedType? ClassEmbedType { get; init; }

    /// <summary>Where <see cref="ClassEmbedType"/> is null: how many noise levels of its low-resolution picture the network has learned a vector for; else null.</summary>
    public int? NumClassEmbeds { get; init; }

    /// <summary>Text where the pooled text is added to the time embedding; else null.</summary>
    public AdditionEmbedType? AdditionEmbedType { get; init; }

    /// <summary>Heads of the text pooling.</summary>
    public int AdditionEmbedTypeNumHeads { get; init; } = 64;

    /// <summary>Width of the time embedding; null for four times the first level's width.</summary>
    public int? TimeEmbeddingDim { get; init; }

    /// <summary>Activation applied to the finished time embedding once; null for none.</summary>
    public ActivationFunction? TimeEmbeddingActFn { get; init; }

    /// <summary>True where residual blocks take the time embedding as it is, without an activation of their own.</summary>
    public bool ResnetSkipTimeAct { get; init; }

    /// <summary>How the time embedding enters a residual block.</summary>
    public TimeScaleShift ResnetTimeScaleShift { get; init; } = TimeScaleShift.Default;

    /// <summary>What the levels' residual sums are divided by.</summary>
    public double ResnetOutScaleFactor { get; init; } = 1;

    /// <summary>What the middle block's residual sums are divided by.</summary>
    public double MidBlockScaleFactor { get; init; } = 1;

    /// <summary>Groups of the group normalisations.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary>Added to the variance in the residual blocks' normalisations.</summary>
    public double NormEps { get; init; } = 1e-5;

    /// <summary>All other keys of the file; each is either known to have no effect here or checked for the one value that is supported.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> Others { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Number of resolutions.</summary>
    [JsonIgnore]
    public int Levels => BlockOutChannels.Count;

    /// <summary>Height and width of a picture must be multiples of this.</summary>
    [JsonIgnore]
    public int SizeMultiple => 1 << (Levels - 1);

    /// <summary>Width of the time embedding.</summary>
    [JsonIgnore]
    public int TimeEmbeddingWidth => TimeEmbeddingDim ?? 4 * BlockOutChannels[0];

    /// <summary>Width of the text states that are given to the network.</summary>
    [JsonIgnore]
    public int TextWidth => EncoderHidDim ?? CrossAttentionDim;

    /// <summary>Whether the network is told the noise level of a low-resolution picture.</summary>
    [JsonIgnore]
    public bool TakesNoiseLevel => ClassEmbedType is not (null or Configuration.ClassEmbedType.Identity) || NumClassEmbeds is not null;

    /// <summary>Whether the network is told a vector of the time embedding's width.</summary>
    [JsonIgnore]
    public bool TakesVector => ClassEmbedType == Configuration.ClassEmbedType.Identity;

    /// <summary>Whether all attention is that with added keys and values (Simple…), which can leave tokens of the text out; and none a transformer's.</summary>
    [JsonIgnore]
    public bool AttendsInPlace => MidBlockType == MidBlockType.UNetMidBlock2DSimpleCrossAttn
        && DownBlockTypes.All(type => type is DownBlockType.ResnetDownsampleBlock2D or DownBlockType.SimpleCrossAttnDownBlock2D)
        && UpBlockTypes.All(type => type is UpBlockType.ResnetUpsampleBlock2D or UpBlockType.SimpleCrossAttnUpBlock2D);

    /// <summary>Residual blocks on the way down at a level.</summary>
    public int LayersAt(int level) => At(LayersPerBlock, level);

    /// <summary>Channels per head of the attention with added keys and values at a level.</summary>
    public int HeadDimAt(int level) => At(AttentionHeadDim, level);

    /// <summary>Heads of the transformers at a level.</summary>
    public int TransformerHeadsAt(int level) => At(AttentionHeadDim, level);

    /// <summary>Blocks of each transformer at a level.</summary>
    public int TransformerLayersAt(int level) => At(TransformerLayersPerBlock, level);

    /// <summary>Whether attention at a level sees the text alone.</summary>
    public bool OnlyCrossAttentionAt(int level) => At(OnlyCrossAttention, level);

    /// <summary>Whether the middle block's attention sees the text alone.</summary>
    [JsonIgnore]
    public bool OnlyCrossAttentionInMiddle => MidBlockOnlyCrossAttention ?? (OnlyCrossAttention.Count == 1 && OnlyCrossAttention[0]);

    private static T At<T>(IReadOnlyList<T> values, int level) => values.Count == 1 ? values[0] : values[level];
}
