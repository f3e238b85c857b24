using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.StartPictures;

/// <summary>Pictures drawn over a picture by the bundled cascade's first two stages.</summary>
public sealed class StartPictureTests : IDisposable
{
    private const int Side = 64;

    private readonly Cascade _cascade = Cascade.Load(Path.Combine(Repository.Root, "Worker", "Models", "shapes"), new CascadeOptions { Dtype = ScalarType.Float32, StageCount = 2 });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Render_BehindAMask_ChangesNothingElse(bool maskNoise)
    {
        var start = StartPicture.Read(Png((x, y) => ((byte)(4 * x), (byte)(4 * y), 90)), Png((x, _) => x < Side / 2 ? (White, White, White) : ((byte)0, (byte)0, (byte)0)));
        var settings = new StageSettings { Steps = 3, MaskNoise = maskNoise };

        var result = Draw(Request(1) with { Start = start, Settings = new Dictionary<string, StageSettings> { ["stage1"] = settings, ["stage2"] = settings } })[0];

        foreach (var stage in result.Stages)
        {
            var side = stage.Picture.Width;
            var expected = BicubicResampling.Resize(start.Picture.Rgb.Span, Picture.Channels, start.Picture.Size, PictureSize.Square(side));
            var changed = Enumerable.Range(0, side * side).Where(pixel => !stage.Picture.Rgb.Slice(pixel * 3, 3).Span.SequenceEqual(expected.AsSpan(pixel * 3, 3))).ToList();
            Assert.All(changed, pixel => Assert.True(pixel % side < side / 2, $"{stage.Key}: pixel {pixel % side}, {pixel / side} is outside the mask and changed"));
            Assert.True(changed.Count > side * side / 4, $"{stage.Key}: only {changed.Count} pixels were drawn anew");
        }
        Assert.Equal((start.Sha256, start.MaskSha256), (result.Provenance.StartSha256, result.Provenance.MaskSha256));
    }

    [Fact]
    public void Render_BesideOthersThatStartFromNoise_DrawsEachAsAlone()
    {
        var start = StartPicture.Read(Png((x, y) => ((byte)(4 * x), (byte)(4 * y), 90)), []);
        var settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 4 }, ["stage2"] = new() { Steps = 2 } };
        RenderRequest[] requests = [Request(1) with { Settings = settings }, Request(2) with { Start = start, Settings = settings }, Request(3) with { Settings = settings }];

        var together = Draw(requests);

        foreach (var (request, result) in requests.Zip(together)) PictureAssert.Close(Draw(request)[0].Picture!, result.Picture!, 1);
        Assert.True(PictureAssert.MeanDifference(Draw(Request(2) with { Settings = settings })[0].Picture!, together[1].Picture!) > 5);
    }

    [Fact]
    public void Render_OfWhichAPictureSavesSteps_CountsThoseThatAreTaken()
    {
        var steps = new List<(int Stage, int Step, int Steps)>();
        var request = Request(1) with
        {
            Start = StartPicture.Read(Png((_, _) => (10, 20, 30)), []),
            Settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 6, Strength = 0.5 }, ["stage2"] = new() { Steps = 2, Strength = 1 } },
        };

        _cascade.Draw([request], progress => steps.Add((progress.Stage, progress.Step, progress.Steps)));

        Assert.Equal([(0, 1, 3), (0, 2, 3), (0, 3, 3), (1, 1, 2), (1, 2, 2)], steps);
    }

    [Fact]
    public void Render_StrengthThatCannotBe_IsRefused()
    {
        var start = StartPicture.Read(Png((_, _) => (1, 2, 3)), []);
        Assert.Contains("strength is 0.5, but there is no start picture", Refusal(Request(1) with { Settings = Strength(0.5) }), StringComparison.Ordinal);
        Assert.Contains("strength is 0.01, which of 20 steps leaves none; give at least 0.05", Refusal(Request(1) with { Start = start, Settings = Strength(0.01) }), StringComparison.Ordinal);
        Assert.Contains("strength is 1.5; expected more than 0 and at most 1", Refusal(Request(1) with { Start = start, Settings = Strength(1.5) }), StringComparison.Ordinal);
        Assert.Contains("'mask' is 65 x 64 pixels and 'start' 64 x 64",
            Assert.Throws<PictureFileException>(() => StartPicture.Read(Png((_, _) => (1, 2, 3)), Png((_, _) => (1, 2, 3), Side + 1))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _cascade.Dispose();

    private const byte White = byte.MaxValue;

    private static RenderRequest Request(long seed) => new() { Prompt = "a large red circle in the centre on a white background", Seed = seed };

    private static Dictionary<string, StageSettings> Strength(double strength) => new() { ["stage1"] = new() { Strength = strength } };

    private IReadOnlyList<RenderResult> Draw(params RenderRequest[] requests) => _cascade.Draw(requests);

    private string Refusal(RenderRequest request) => Assert.Throws<SettingsException>(() => Draw(request)).Message;

    private static byte[] Png(Func<int, int, (byte Red, byte Green, byte Blue)> colour, int width = Side) => Pngs.Of(new(width, Side), colour);
}
