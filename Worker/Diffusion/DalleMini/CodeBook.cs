using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;
using Embedding = RenderFarm.Diffusion.Layers.Embedding;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>The vectors that a VQGAN's tokens stand for (vqgan-jax, VectorQuantizer).</summary>
internal sealed class CodeBook : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "embedding")]
    private readonly Embedding _codes;

    public CodeBook(VqganConfig config, Placement placement) : base(nameof(CodeBook))
    {
        _codes = new Embedding(config.NEmbed, config.EmbedDim, placement);
        RegisterComponents();
    }

    /// <param name="tokens">int64 […]</param>
    /// <returns>[…, embed_dim]</returns>
    public override Tensor forward(Tensor tokens) => _codes.forward(tokens);

    /// <summary>The tokens of the codes nearest to vectors, by squared distance.</summary>
    /// <param name="vectors">[…, embed_dim]</param>
    /// <returns>int64 […]</returns>
    public Tensor Nearest(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        var codes = _codes.Weight;
        // |v - c|² less |v|², which is the same for all codes.
        var distances = codes.Squared().sum(-1).Plus(vectors.matmul(codes.t()).Times(-2.0));
        return distances.argmin(-1).MoveToOuterDisposeScope();
    }
}
