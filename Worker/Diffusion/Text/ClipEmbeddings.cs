using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using Embedding = RenderFarm.Diffusion.Layers.Embedding;

namespace RenderFarm.Diffusion.Text;

/// <summary>A vector for each token plus one for its place.</summary>
internal sealed class ClipEmbeddings : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "token_embedding")]
    private readonly Embedding _tokens;

    [ComponentName(Name = "position_embedding")]
    private readonly Embedding _positions;

    public ClipEmbeddings(ClipTextConfig config, Placement placement) : base(nameof(ClipEmbeddings))
    {
        _tokens = new Embedding(config.VocabSize, config.HiddenSize, placement);
        _positions = new Embedding(config.MaxPositionEmbeddings, config.HiddenSize, placement);
        RegisterComponents();
    }

    /// <param name="input">ids, int64 [B, L]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var places = Arithmetic.Count(input.shape[1], ScalarType.Int64, input.device);
        return _tokens.call(input).Plus(_positions.call(places)).MoveToOuterDisposeScope();
    }
}
