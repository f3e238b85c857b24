using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Text;

/// <summary>CLIP's text encoder with the projection to where CLIP puts pictures, too (transformers' CLIPTextModelWithProjection).</summary>
internal sealed class ClipTextWithProjection : nn.Module<Tensor, Tensor, (Tensor States, Tensor Embeddings)>
{
    [ComponentName(Name = "text_model")]
    private readonly ClipTextEncoder _encoder;

    [ComponentName(Name = "text_projection")]
    private readonly Linear _projection;

    public ClipTextWithProjection(ClipTextConfig config, Placement placement) : base(nameof(ClipTextWithProjection))
    {
        _encoder = new ClipTextEncoder(config, placement);
        _projection = new Linear(config.HiddenSize, config.ProjectionDim, placement, bias: false);
        RegisterComponents();
    }

    /// <summary>The network's key for a checkpoint's key, or null for what it does not need.</summary>
    public static string? Key(string name) => ClipTextEncoder.Key(name) is null ? null : name;

    /// <param name="ids">int64 [B, L]</param>
    /// <param name="ends">where each text ends: its states there are projected, int64 [B]</param>
    /// <returns>states [B, L, D], and each text's embedding [B, P]</returns>
    public override (Tensor States, Tensor Embeddings) forward(Tensor ids, Tensor ends)
    {
        using var scope = NewDisposeScope();
        var states = _encoder.call(ids);
        var pooled = states.gather(1, ends.view(-1, 1, 1).expand(-1, 1, states.shape[2])).squeeze(1); // [B, D]
        return (states.MoveToOuterDisposeScope(), _projection.call(pooled).MoveToOuterDisposeScope());
    }
}
