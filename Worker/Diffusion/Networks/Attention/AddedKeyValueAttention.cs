using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>
/// Attention of each place to the text and, unless it is cross attention only, to all places: the text's keys and values stand before the picture's
/// own (Saharia et al. 2022, appendix B). The input is added to the result.
/// </summary>
internal sealed class AddedKeyValueAttention : FeatureModule, ITextLayer
{
    private const double Epsilon = 1e-5;

    private readonly int _heads;

    [ComponentName(Name = "group_norm")]
    private readonly GroupNorm _norm;

    [ComponentName(Name = "norm_cross")]
    private readonly GroupNorm? _textNorm;

    [ComponentName(Name = "to_q")]
    private readonly Linear _query;

    [ComponentName(Name = "to_k")]
    private readonly Linear? _key;

    [ComponentName(Name = "to_v")]
    private readonly Linear? _value;

    [ComponentName(Name = "add_k_proj")]
    private readonly Linear _textKey;

    [ComponentName(Name = "add_v_proj")]
    private readonly Linear _textValue;

    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> _output;

    public AddedKeyValueAttention(UNetConfig config, int channels, int headDim, bool onlyCrossAttention, Placement placement)
        : base(nameof(AddedKeyValueAttention))
    {
        _heads = channels / headDim;
        _norm = new GroupNorm(config.NormNumGroups, channels, Epsilon, placement);
        _textNorm = config.CrossAttentionNorm is null ? null : new GroupNorm(UNetConfig.TextNormGroups, config.CrossAttentionDim, Epsilon, placement);
        _query = new Linear(channels, channels, placement);
        _key = onlyCrossAttention ? null : new Linear(channels, channels, placement);
        _value = onlyCrossAttention ? null : new Linear(channels, channels, placement);
        _textKey = new Linear(config.CrossAttentionDim, channels, placement);
        _textValue = new Linear(config.CrossAttentionDim, channels, placement);
        _output = new ModuleList<Linear>(new Linear(channels, channels, placement));
        RegisterComponents();
    }

    public bool SeesText => true;

    public TextKeysValues Text(Tensor text)
    {
        using var scope = NewDisposeScope();
        var normed = _textNorm is null ? text : _textNorm.call(text.transpose(1, 2)).transpose(1, 2);
        return new TextKeysValues(_textKey.call(normed).MoveToOuterDisposeScope(), _textValue.call(normed).MoveToOuterDisposeScope());
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <param name="conditions">with this layer's <see cref="Text"/></param>
    /// <returns>[B, C, H, W]</returns>
    public override Tensor forward(Tensor input, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var text = conditions.For(this);
        var tokens = Features.Tokens(NormalisedActivation.Apply(_norm, input, null, null)); // [B, HW, C]
        var query = _query.call(tokens);
        var key = _key is null ? text.Keys : cat([text.Keys, _key.call(tokens)], 1); // [B, L + HW, C]
        var value = _value is null ? text.Values : cat([text.Values, _value.call(tokens)], 1);
        var output = _output[0].call(DotProductAttention.Apply(query, key, value, _heads, Bias(conditions.TextBias, key.shape[1]))); // [B, HW, C]
        return Features.Map(output, input.shape[2], input.shape[3]).Plus(input).MoveToOuterDisposeScope();
    }

    /// <summary>The text's bias [B, L], and none for the places behind it.</summary>
    /// <returns>[B, 1, keys], or null for none</returns>
    private static Tensor? Bias(Tensor? text, long keys) =>
        text is null ? null : cat([text, zeros([text.shape[0], keys - text.shape[1]], text.dtype, text.device)], 1).unsqueeze(1);
}
