using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>Writes pictures' tokens one after another with super conditioning (dalle-mini, DalleBart.generate).</summary>
/// <param name="network">Stays the caller's.</param>
/// <param name="codes">Tokens below this stand for something in a picture; others are never chosen.</param>
internal sealed class TokenWriter(DalleBart network, long codes)
{
    /// <param name="ids">guided pictures' unconditional prompts, then all pictures' prompts, int64 [guided + B, L]; which are guided says <paramref name="guidance"/></param>
    /// <param name="mask">1 for tokens, 0 for padding, int64 [guided + B, L]</param>
    /// <param name="guidance">Of B pictures.</param>
    /// <param name="draw">Of B pictures.</param>
    /// <param name="stepped">Called after each token with the number of tokens written and all of them, int64 [B, T], which stay this call's; throws to stop.</param>
    /// <returns>int64 [B, T]</returns>
    public Tensor Write(Tensor ids, Tensor mask, Guidance guidance, TokenDraw draw, Action<int, Tensor> stepped)
    {
        using var scope = NewDisposeScope();
        using var memory = network.Begin(ids, mask);
        var length = network.Config.ImageLength;
        var written = empty([ids.shape[0] - guidance.Rows.Count, length], ScalarType.Int64, ids.device);
        var newest = tensor(Enumerable.Repeat(network.Config.StartToken, (int)written.shape[0]).ToArray(), device: ids.device);
        for (long position = 0; position < length; position++)
        {
            using var step = NewDisposeScope();
            var logits = network.forward(guidance.Expand(newest), memory).narrow(1, 0, codes).to(ScalarType.Float32); // [guided + B, codes]
            // As a picture of one place whose channels are the tokens.
            var (mixed, _) = guidance.Combine(logits.unsqueeze(-1).unsqueeze(-1), codes);
            written.select(1, position).copy_(draw.Draw(mixed.flatten(1), position));
            newest = written.select(1, position).MoveToOuterDisposeScope();
            stepped((int)position + 1, written);
        }
        return written.MoveToOuterDisposeScope();
    }
}
