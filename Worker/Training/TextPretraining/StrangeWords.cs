using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// Words that no vocabulary has, in the place of words of colours or of shapes (domain randomisation, Tobin et al. 2017): embeddings drawn from around the mean of the known words', along the ways
/// in which those differ from it, so that no word of them is told of, and none is far away.
/// </summary>
internal static class StrangeWords
{
    /// <summary>Standard deviation of a strange word, at most, in parts of the known words'.</summary>
    private const double Farthest = 2;

    /// <param name="embedded">Captions, [B, L, D].</param>
    /// <param name="known">The known words, [K, D]; no gradient goes through them.</param>
    /// <param name="replaced">Which words of the captions become strange, [B, L] bool.</param>
    /// <param name="generator">CPU generator of the strange words.</param>
    /// <returns>[B, L, D]; gradients go through the words that stay.</returns>
    public static Tensor Put(Tensor embedded, Tensor known, Tensor replaced, Generator generator)
    {
        using var scope = NewDisposeScope();
        var (words, count) = (known.detach().to(ScalarType.Float32), replaced.sum().item<long>());
        var mean = words.mean([0], keepdim: true);
        var spread = randn([count, words.shape[0]], generator: generator) * rand([count, 1], generator: generator) * (Farthest / Math.Sqrt(words.shape[0]));
        var strange = mean + spread.to(words.device).matmul(words - mean); // [count, D]
        return embedded.masked_scatter(replaced.unsqueeze(-1), strange.to(embedded.dtype)).MoveToOuterDisposeScope();
    }
}
