using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;
using RenderFarm.Diffusion.Tests.Safety;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>Pictures looked at while they are drawn.</summary>
public sealed class PreviewTests(SharedCascade shared) : IClassFixture<SharedCascade>
{
    [Fact]
    public void Render_LookedAtInEveryStep_DrawsBitForBitTheSameAndLeavesNothing()
    {
        RenderRequest[] requests = [ReferenceCascade.Request(), ReferenceCascade.Request(1), ReferenceCascade.Request(2)];
        var plain = shared.Cascade.Draw(requests);

        var (seen, looks) = Looked(shared.Cascade, requests);

        Assert.Equal(3 * (4 + 3), looks.Count);
        for (var index = 0; index < requests.Length; index++)
            for (var stage = 0; stage < 2; stage++) PictureAssert.Close(plain[index].Stages[stage].Picture, seen[index].Stages[stage].Picture, 0);
        Assert.Equal(0, Leaks.Of(() => Looked(shared.Cascade, requests)));
    }

    [Fact]
    public void Preview_OfTheLastStep_IsTheStagesPictureAndEachIsItsOwn()
    {
        RenderRequest[] requests = [ReferenceCascade.Request(), ReferenceCascade.Request(1), ReferenceCascade.Request(2)];

        var (results, looks) = Looked(shared.Cascade, requests);

        foreach (var (stage, last) in new[] { (0, 4), (1, 3) })
            for (var index = 0; index < requests.Length; index++) PictureAssert.Close(results[index].Stages[stage].Picture, looks[(stage, last, index)], 1);
        // Earlier ones are of the same size, and something else.
        Assert.All(requests.Index(), request => Assert.True(PictureAssert.MeanDifference(looks[(0, 1, request.Index)], results[request.Index].Stages[0].Picture) > 1));
    }

    [Fact]
    public void Preview_OfLatents_IsDecodedAndTheLastIsThePicture()
    {
        using var cascade = Cascade.Load(ReferenceCascade.Folder, new CascadeOptions { Dtype = ScalarType.Float32 });
        // The one sampler whose last step lands on what the network says, and on nothing beside.
        var settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 1 }, ["stage2"] = new() { Steps = 1 }, ["stage3"] = new() { Steps = 2, Sampler = "ddpm" } };
        RenderRequest[] requests = [ReferenceCascade.Request() with { Settings = settings }];
        var plain = cascade.Draw(requests);

        var (seen, looks) = Looked(cascade, requests);

        PictureAssert.Close(plain[0].Picture, seen[0].Picture, 0);
        PictureAssert.Close(plain[0].Picture, looks[(2, 2, 0)], 1);
        Assert.Equal(plain[0].Picture.Width, looks[(2, 1, 0)].Width);
        Assert.True(PictureAssert.MeanDifference(plain[0].Picture, looks[(2, 1, 0)]) > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Preview_BehindAMask_ShowsWhatStays(bool maskNoise)
    {
        using var cascade = Cascade.Load(Path.Combine(Repository.Root, "Worker", "Models", "shapes"), new CascadeOptions { Dtype = ScalarType.Float32, StageCount = 1 });
        var settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 3, MaskNoise = maskNoise } };
        var request = new RenderRequest { Prompt = "a red circle", Seed = 1, Start = StartPicture.Read(Png(64, x => (byte)(4 * x)), Png(64, x => x < 32 ? byte.MaxValue : (byte)0)), Settings = settings };

        var (results, looks) = Looked(cascade, [request]);

        PictureAssert.Close(results[0].Picture, looks[(0, 3, 0)], 1);
        var (picture, first) = (results[0].Picture, looks[(0, 1, 0)]);
        for (var pixel = 0; pixel < picture.Width * picture.Height; pixel++)
            if (pixel % picture.Width >= picture.Width * 5 / 8)
                Assert.True(Math.Abs(picture.Rgb.Span[pixel * 3] - first.Rgb.Span[pixel * 3]) <= 1, $"pixel {pixel} stays, and is shown otherwise");
    }

    [Fact]
    public void Preview_OfAModelThatChecksPictures_IsNone()
    {
        using var folder = new TemporaryFolder();
        using var cascade = Guarded(folder, checks: true);

        Assert.Empty(Looked(cascade, [ReferenceCascade.Request()]).Looks);
    }

    [Fact]
    public void Preview_OfAModelThatMarksPictures_IsMarkedInTheLastStage()
    {
        using var folder = new TemporaryFolder();
        using var cascade = Guarded(folder, checks: false);

        var (results, looks) = Looked(cascade, [ReferenceCascade.Request()]);

        PictureAssert.Close(results[0].Picture, looks[(1, 3, 0)], 1);
        var unmarked = shared.Cascade.Draw([ReferenceCascade.Request()])[0].Picture;
        Assert.True(PictureAssert.MeanDifference(unmarked, looks[(1, 3, 0)]) is > 0 and < 1);
    }

    /// <summary>Renders, looking at everything in every step. Previews are by stage and request from 0, and step from 1.</summary>
    internal static (IReadOnlyList<RenderResult> Results, Dictionary<(int Stage, int Step, int Request), Picture> Looks) Looked(Cascade cascade, IReadOnlyList<RenderRequest> requests)
    {
        var looks = new Dictionary<(int, int, int), Picture>();
        var results = cascade.Draw(requests, step =>
        {
            if (step.Preview is not { } preview) return;
            foreach (var (place, request) in step.Batch.Index()) looks.Add((step.Stage, step.Step, request), preview(place).Picture);
        });
        return (results, looks);
    }

    /// <summary>The recorded first two stages, marked, and checked or not.</summary>
    private static Cascade Guarded(TemporaryFolder folder, bool checks)
    {
        foreach (var stage in new[] { "stage1", "stage2" }) Directory.CreateSymbolicLink(folder[stage], Path.Combine(ReferenceCascade.Folder, stage));
        SafetyFolders.WriteMark(folder.Root, 250, 0, 10);
        if (checks) SafetyFolders.WriteChecker(folder.Root, 0, 0);
        File.WriteAllText(folder["cascade.json"],
            $$"""{"name": "guarded", "stages": ["stage1", "stage2"], "watermarker": "watermarker"{{(checks ? """, "safety_checker": "safety_checker" """ : "")}}, "defaults": {"stage1": {"steps": 4, "guidance": 4}, "stage2": {"steps": 3, "guidance": 3, "noise_level": 250} } }""");
        return Cascade.Load(folder.Root, new CascadeOptions { Dtype = ScalarType.Float32 });
    }

    private static byte[] Png(int side, Func<int, byte> level)
    {
        using var png = new MemoryStream();
        new Picture(side, side, [.. Enumerable.Range(0, side * side).SelectMany(pixel => Enumerable.Repeat(level(pixel % side), 3))]).WritePng(png);
        return png.ToArray();
    }
}
