using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;
using RenderFarm.Diffusion.Tests.Cascades;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.StartPictures;

/// <summary>Pictures drawn over pictures that are not square, by all three stages of the recorded cascade: pixels, pixels, latents.</summary>
public sealed class LongStartTests : IDisposable
{
    private readonly Cascade _cascade = Cascade.Load(ReferenceCascade.Folder, new CascadeOptions { Dtype = ScalarType.Float32 });

    [Fact]
    public void Render_PicturesOfManyShapes_DrawsEachAsAloneAndInItsShape()
    {
        RenderRequest[] requests =
            [Over(1, new(40, 40)), Over(2, new(90, 60)), ReferenceCascade.Request(3), Over(4, new(60, 90)), Over(5, new(180, 120)), Over(6, new(60, 91), masked: true)];
        var batches = new HashSet<string>();

        var together = _cascade.Draw(requests, progress => batches.Add($"{progress.Stage}: {string.Join(' ', progress.Batch)}"));

        var sides = _cascade.Stages.Select(stage => stage.Size).ToList();
        foreach (var (request, result) in requests.Zip(together))
        {
            foreach (var (alone, stage) in _cascade.Draw([request])[0].Stages.Zip(result.Stages)) PictureAssert.Close(alone.Picture, stage.Picture, 1);
            Assert.Equal(sides, result.Stages.Select(stage => Math.Min(stage.Picture.Width, stage.Picture.Height)));
            if (request.Start is { Picture: var start }) Assert.All(result.Stages, stage => Assert.Equal(Math.Sign(start.Width - start.Height), Math.Sign(stage.Picture.Width - stage.Picture.Height)));
        }

        // What has one shape is drawn together, whatever its files' sizes.
        Assert.Contains("0: 1 4", batches);
    }

    [Fact]
    public void Render_FarLongerPictures_AreDrawnFewerAtATime()
    {
        using var cascade = Cascade.Load(ReferenceCascade.Folder, new CascadeOptions { Dtype = ScalarType.Float32, MaxBatch = 4 });
        var batches = new HashSet<string>();

        cascade.Draw([.. Enumerable.Range(0, 4).Select(index => Over(index, new(160, 40)))], progress => batches.Add($"{progress.Stage}: {string.Join(' ', progress.Batch)}"));

        Assert.Equal(3 * 4, batches.Count);
        Assert.DoesNotContain(batches, batch => batch[3..].Contains(' ', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Render_FromACheckpoint_GivesThePictureThatGoingOnGave(int stage)
    {
        var request = Over(1, new(90, 60)) with { KeepCheckpoints = true };
        var whole = _cascade.Draw([request])[0];
        var checkpoint = whole.Stages[stage].Checkpoint!;

        Assert.Null(_cascade.Misfit(checkpoint, request));
        Assert.Equal(whole.Picture.Rgb, _cascade.Draw([request with { ResumeFrom = checkpoint }])[0].Picture.Rgb);
        Assert.Contains($"The checkpoint is of {checkpoint.Width} x {checkpoint.Height} pixels; stage{stage + 1} draws {checkpoint.Height} x {checkpoint.Height}.", _cascade.Misfit(checkpoint, Over(1, new(40, 40))), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LookedAt_ShowsTheShapeInEveryStage()
    {
        var request = Over(1, new(60, 90), masked: true);
        var plain = _cascade.Draw([request])[0];

        var (seen, looks) = PreviewTests.Looked(_cascade, [request]);

        PictureAssert.Close(plain.Picture, seen[0].Picture, 0);
        Assert.All(looks, look => Assert.Equal(plain.Stages[look.Key.Stage].Picture.Size, look.Value.Size));
    }

    [Theory]
    [InlineData(64, 8, 100, 100, 64, 64)]
    [InlineData(64, 8, 1000, 500, 128, 64)]
    [InlineData(64, 8, 400, 100, 256, 64)]
    [InlineData(64, 8, 105, 100, 64, 64)]
    [InlineData(64, 8, 17, 16, 64, 64)] // 8.5 eights, to even
    [InlineData(64, 8, 19, 16, 80, 64)] // 9.5 eights, to even
    [InlineData(64, 8, 100, 107, 64, 72)]
    [InlineData(256, 16, 130, 100, 336, 256)] // 20.8 sixteens, 41.6 eights
    [InlineData(256, 16, 129, 100, 336, 256)] // 41.28 eights would be 328, which such a network does not take
    [InlineData(12, 4, 100, 100, 12, 12)]
    public void Canvas_OfAShape_IsThatOfDiffusersWhereTheNetworkTakesIt(int side, int multiple, int width, int height, int expectedWidth, int expectedHeight) =>
        Assert.Equal(new PictureSize(expectedWidth, expectedHeight), new StartCanvas(side, multiple).Of(new(width, height)));

    [Theory]
    [InlineData(129, 32)]
    [InlineData(8, 4000)]
    public void Read_FarTooLongPicture_IsRefused(int width, int height)
    {
        var file = Pngs.Of(new(width, height), (_, _) => (1, 2, 3));
        Assert.Equal($"'long.png' is {width} x {height} pixels; the longer side of a picture to start from is at most 4 times the shorter one. Cut something off.",
            Assert.Throws<PictureFileException>(() => StartPicture.Read(file, [], "long.png")).Message);
        Assert.Equal(128, StartPicture.Read(Pngs.Of(new(128, 32), (_, _) => (1, 2, 3)), []).Picture.Width);
    }

    [Fact]
    public void Enlargement_OfAShapeThatTheNetworkDoesNotTake_IsRefused()
    {
        Assert.Equal(new PictureSize(192, 128), new Enlargement(4, 16).Of(new(48, 32)));
        Assert.Contains("draws 40 x 32 pixels, but this one enlarges multiples of 16", Assert.Throws<SettingsException>(() => new Enlargement(4, 16).Of(new(40, 32))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _cascade.Dispose();

    private static RenderRequest Over(int index, PictureSize size, bool masked = false) => ReferenceCascade.Request(index) with
    {
        Start = StartPicture.Read(Pngs.Of(size, (x, y) => ((byte)(2 * x), (byte)(2 * y), 90)), masked ? Pngs.Of(size, (x, _) => x < size.Width / 2 ? (byte.MaxValue, byte.MaxValue, byte.MaxValue) : ((byte)0, (byte)0, (byte)0)) : []),
    };
}
