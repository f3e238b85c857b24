using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// CLIP's text encoder (Radford et al. 2021), which turns token ids into states. Written against transformers' CLIPTextModel, of which it gives
/// last_hidden_state.
/// </summary>
internal sealed class ClipTextEncoder : nn.Module<Tensor, Tensor>
{
    /// <summary>Published files name everything so; transformers' newer ones do not.</summary>
    private const string Prefix = "text_model.";

    /// <summary>0, 1, 2 …, which older files hold.</summary>
    private const string PositionIds = "embeddings.position_ids";

    [ComponentName(Name = "embeddings")]
    private readonly ClipEmbeddings _embeddings;

    [ComponentName(Name = "encoder")]
    private readonly ClipStack _encoder;

    [ComponentName(Name = "final_layer_norm")]
    private readonly LayerNorm _finalNorm;

    public ClipTextEncoder(ClipTextConfig config, Placement placement) : base(nameof(ClipTextEncoder))
    {
        _embeddings = new ClipEmbeddings(config, placement);
        _encoder = new ClipStack(config, placement);
        _finalNorm = new LayerNorm(config.HiddenSize, config.LayerNormEps, placement);
        RegisterComponents();
    }

    /// <summary>The encoder's key for a checkpoint's key, or null for what it does not need.</summary>
    public static string? Key(string name)
    {
        var key = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        return key == PositionIds ? null : key;
    }

    /// <param name="input">ids, int64 [B, L]</param>
    /// <returns>[B, L, D]; padding has states, too</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _finalNorm.call(_encoder.call(_embeddings.call(input))).MoveToOuterDisposeScope();
    }
}
