using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Tests.Networks;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Kernels;

public sealed class DotProductAttentionTests
{
    /// <summary>Scores of up to 4 are rounded to 8 bits, so by up to 2⁻⁷, and their exponentials are as wrong; most are less.</summary>
    private const double BFloat16Roundings = 8e-3;

    [Theory]
    [InlineData(ScalarType.Float32, 2, 3, 64, 141, 1e-6)]
    [InlineData(ScalarType.BFloat16, 2, 3, 64, 141, BFloat16Roundings)]
    [InlineData(ScalarType.BFloat16, 1, 1, 5, 7, BFloat16Roundings)] // fewer than a vector
    [InlineData(ScalarType.BFloat16, 1, 2, 48, 64, BFloat16Roundings)] // whole vectors only
    [InlineData(ScalarType.BFloat16, 1, 3, 1400, 1500, BFloat16Roundings)] // more than is in work at a time
    public void Apply_WithAndWithoutGradients_EqualsTheDefinition(ScalarType dtype, int batch, int heads, int queries, int keys, double tolerance)
    {
        const int headSize = 16;
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor Random(int tokens) => randn([batch, tokens, heads * headSize], generator: generator).to(dtype);
        var (query, key, value) = (Random(queries), Random(keys), Random(keys));
        var expected = Definition(query, key, value, heads);

        TensorAssert.Close(expected, DotProductAttention.Apply(query, key, value, heads), tolerance);
        using (inference_mode())
        {
            TensorAssert.Close(expected, DotProductAttention.Apply(query, key, value, heads), tolerance);
        }
    }

    [Fact]
    public void Apply_HugeScores_StaysFinite()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var large = full([1, 20, 16], 300).to(ScalarType.BFloat16);
        large[0, 0] = -300;

        var result = DotProductAttention.Apply(large, large, large, 1);

        TensorAssert.Close(large, result, BFloat16Roundings);
    }

    private static Tensor Definition(Tensor query, Tensor key, Tensor value, int heads)
    {
        Tensor Split(Tensor tokens) => tokens.to(ScalarType.Float64).unflatten(2, [heads, -1]).transpose(1, 2);
        var (q, k, v) = (Split(query), Split(key), Split(value));
        return (q.matmul(k.transpose(-1, -2)) / Math.Sqrt(q.shape[^1])).softmax(-1).matmul(v).transpose(1, 2).flatten(2);
    }
}
