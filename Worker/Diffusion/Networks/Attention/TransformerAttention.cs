using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>
/// Attention of tokens to each other or to the text (Vaswani et al. 2017). Keys and values of the text are computed once, before the steps
/// (<see cref="Text"/>).
/// </summary>
internal sealed class TransformerAttention : FeatureModule, ITextLayer
{
    private readonly int _heads;
    private readonly bool _upcast;

    [ComponentName(Name = "to_q")]
    private readonly Linear _query;

    [ComponentName(Name = "to_k")]
    private readonly Linear _key;

    [ComponentName(Name = "to_v")]
    private readonly Linear _value;

    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> _output;

    /// <param name="config">The network's configuration.</param>
    /// <param name="channels">C</param>
    /// <param name="heads">N</param>
    /// <param name="seesText">Whether keys and values are the text's and not the tokens' own.</param>
    /// <param name="placement">Where the parameters live.</param>
    public TransformerAttention(UNetConfig config, int channels, int heads, bool seesText, Placement placement) : base(nameof(TransformerAttention))
    {
        (_heads, _upcast, SeesText) = (heads, config.UpcastAttention, seesText);
        var source = seesText ? config.CrossAttentionDim : channels;
        _query = new Linear(channels, channels, placement, bias: false);
        _key = new Linear(source, channels, placement, bias: false);
        _value = new Linear(source, channels, placement, bias: false);
        _output = new ModuleList<Linear>(new Linear(channels, channels, placement));
        RegisterComponents();
    }

    public bool SeesText { get; }

    public TextKeysValues Text(Tensor text) => new(_key.call(text), _value.call(text));

    /// <param name="input">tokens [B, HW, C]</param>
    /// <param name="conditions">with this layer's <see cref="Text"/>, where it sees the text</param>
    /// <returns>[B, HW, C]</returns>
    public override Tensor forward(Tensor input, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var source = SeesText ? conditions.For(this) : Text(input);
        return _output[0].call(Attend(_query.call(input), source)).MoveToOuterDisposeScope();
    }

    /// <summary>In float32 where the configuration asks for it: some networks' scores exceed float16's range.</summary>
    private Tensor Attend(Tensor query, TextKeysValues source)
    {
        if (!_upcast || query.dtype == ScalarType.Float32) return DotProductAttention.Apply(query, source.Keys, source.Values, _heads);
        Tensor Exact(Tensor tokens) => tokens.to(ScalarType.Float32);
        return DotProductAttention.Apply(Exact(query), Exact(source.Keys), Exact(source.Values), _heads).to(query.dtype);
    }
}
