using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Tests.Cascades;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

/// <summary>Pictures of the tokens so far.</summary>
public sealed class TokenPreviewTests(SharedDalleMini shared) : IClassFixture<SharedDalleMini>
{
    private const int Side = 8, Cell = 16, Tokens = Side * Side;

    private static readonly RenderRequest[] Greedy =
    [
        .. DalleReference.Prompts.Select((prompt, index) => new RenderRequest
        {
            Prompt = prompt, Seed = index, Settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Guidance = 3, Temperature = 0 } },
        }),
    ];

    [Fact]
    public void Render_LookedAtAfterEveryToken_DrawsBitForBitTheSameAndLeavesNothing()
    {
        var plain = shared.Cascade.Draw(Greedy);

        var (seen, looks) = PreviewTests.Looked(shared.Cascade, Greedy);

        for (var index = 0; index < Greedy.Length; index++)
        {
            PictureAssert.Close(plain[index].Picture, seen[index].Picture, 0);
            PictureAssert.Close(plain[index].Picture, looks[(0, Tokens, index)], 0);
        }
        Assert.Equal(Greedy.Length * Tokens, looks.Count);
        Assert.Equal(0, Leaks.Of(() => PreviewTests.Looked(shared.Cascade, Greedy)));
    }

    /// <summary>In rows of 8. What no token stands for yet is grey; beside it the decoder was shown the tokens above, or in the first row the newest.</summary>
    [Theory]
    [InlineData(1, new[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(8, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(13, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 5, 6, 7 })]
    public void Preview_AfterSomeTokens_IsTheDecodeOfThose(int count, int[] shown)
    {
        var looks = PreviewTests.Looked(shared.Cascade, Greedy).Looks;
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var weights = DalleReference.VqganWeights();
        using var decoder = PictureDecoder.Load(weights, DalleReference.Vqgan, Placement.Cpu);
        using var golden = DalleReference.Golden();
        var tokens = golden.Read("greedy.scale3.tokens").to(ScalarType.Int64); // [2, 64]

        for (var index = 0; index < Greedy.Length; index++)
        {
            var rows = tokens.narrow(0, index, 1).index_select(1, tensor(shown.Select(place => (long)place).ToArray()));
            var decoded = PictureTensor.ToPictures(decoder.DecodeRows(rows).Times(2.0).PlusInPlace(-1))[0];
            AssertShows(decoded, looks[(0, count, index)], count);
        }
    }

    [Fact]
    public void Preview_OfHalfTheRows_TakesHalfTheWork()
    {
        var parts = new Dictionary<int, double>();

        shared.Cascade.Draw(Greedy, step => parts[step.Step] = step.PreviewPart);

        Assert.Equal((0.125, 0.5, 0.625, 1), (parts[1], parts[32], parts[33], parts[64]));
    }

    private static void AssertShows(Picture decoded, Picture seen, int count)
    {
        Assert.Equal((Side * Cell, Side * Cell), (seen.Width, seen.Height));
        for (var pixel = 0; pixel < seen.Width * seen.Height; pixel++)
        {
            var place = (pixel / seen.Width / Cell * Side) + (pixel % seen.Width / Cell);
            for (var channel = 0; channel < Picture.Channels; channel++)
            {
                var (level, at) = (seen.Rgb.Span[(pixel * Picture.Channels) + channel], $"pixel {pixel % seen.Width}, {pixel / seen.Width}");
                if (place >= count) Assert.True(level == 128, $"{at} is {level}; no token stands there");
                else Assert.True(Math.Abs(level - decoded.Rgb.Span[(pixel * Picture.Channels) + channel]) <= 1, at);
            }
        }
    }
}
