using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

public sealed class TokenDrawTests : IDisposable
{
    private const int Pictures = 400, Length = 50;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>Of logits ln 1, ln 2, ln 3, ln 4: shares 0.1 to 0.4 at temperature 1; squared at ½; of the likeliest two 3/7 and 4/7.</summary>
    [Theory]
    [InlineData(4, 1, new[] { 0.1, 0.2, 0.3, 0.4 })]
    [InlineData(4, 0.5, new[] { 1 / 30.0, 4 / 30.0, 9 / 30.0, 16 / 30.0 })]
    [InlineData(2, 1, new[] { 0, 0, 3 / 7.0, 4 / 7.0 })]
    [InlineData(1, 1, new[] { 0.0, 0, 0, 1 })]
    [InlineData(4, 0, new[] { 0.0, 0, 0, 1 })]
    [InlineData(4, 1e-30, new[] { 0.0, 0, 0, 1 })]
    public void Draw_ManyTimes_FollowsTheDistribution(int topK, double temperature, double[] shares)
    {
        var noises = Enumerable.Range(0, Pictures + 1).Select(seed => new PictureNoise(seed)).ToList();
        TokenChoice[] choices = [new(1, 3, 1), .. Enumerable.Repeat(new TokenChoice(1, topK, temperature), Pictures)];
        using var draw = new TokenDraw(choices, noises, 4, Length, CPU);
        noises.ForEach(noise => noise.Dispose());
        var logits = tensor(new float[] { 1, 2, 3, 4 }).log().unsqueeze(0).repeat(Pictures + 1, 1);

        var tokens = stack([.. Enumerable.Range(0, Length).Select(position => draw.Draw(logits, position))], 1).narrow(0, 1, Pictures); // [Pictures, Length]

        // Five standard deviations of a share of one half.
        for (var token = 0; token < 4; token++)
            Assert.Equal(shares[token], tokens.eq(token).to(ScalarType.Float64).mean().item<double>(), 5 * 0.5 / Math.Sqrt(Pictures * Length));
    }
}
