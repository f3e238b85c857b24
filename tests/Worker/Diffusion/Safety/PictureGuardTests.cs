using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Safety;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Safety;

public sealed class PictureGuardTests : IDisposable
{
    private const int Side = 1024;

    private static readonly Picture Grey = new(Side, Side, [.. Enumerable.Repeat((byte)100, Side * Side * Picture.Channels)]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0.5f, 0.5f, SafetyVerdict.Passed)]
    [InlineData(0.51f, 0f, SafetyVerdict.Unsafe)]
    [InlineData(0f, 0.51f, SafetyVerdict.Watermarked)]
    public void Pass_AboveTheThreshold_LeavesNothingOfThePictureInAnyStage(float unsafeScore, float watermarkScore, SafetyVerdict expected)
    {
        SafetyFolders.WriteChecker(_folder.Root, unsafeScore, watermarkScore);
        using var guard = Load(watermark: false, stays: true);

        var (stages, verdict) = guard.Pass([Stage("stage1"), Stage("stage2")]);

        Assert.Equal(expected, verdict);
        Assert.All(stages, stage => Assert.Equal(expected == SafetyVerdict.Passed ? (byte)100 : (byte)0, stage.Picture.Rgb.Span[5]));
    }

    [Fact]
    public void Pass_Watermark_LiesInTheLowerRightCornerOfTheLastStageAlone()
    {
        SafetyFolders.WriteMark(_folder.Root, 250, 0, 10);
        using var guard = Load(checker: false);

        var (stages, verdict) = guard.Pass([Stage("stage1"), Stage("stage2")]);

        Assert.Null(verdict);
        Assert.Same(Grey, stages[0].Picture);
        Assert.Equal((byte)250, Red(948, 948));
        Assert.Equal((byte)250, Red(948 + 30, 948 + 61));
        Assert.Equal(((byte)100, (byte)100, (byte)100), (Red(947, 948), Red(948 + 31, 948), Red(948, 948 + 62)));
        byte Red(int x, int y) => stages[1].Picture.Rgb.Span[((y * Side) + x) * Picture.Channels];
    }

    [Fact]
    public void Pass_PictureTooSmallForAMark_StaysAsItIs()
    {
        SafetyFolders.WriteMark(_folder.Root, 250, 0, 10);
        using var guard = Load(checker: false);
        var small = new StageResult("stage1", new Picture(16, 16, new byte[16 * 16 * 3]), 0, Checkpoint: null);

        Assert.Same(small.Picture, guard.Pass([small]).Stages[0].Picture);
    }

    [Fact]
    public void Render_ModelWithBoth_DrawsBlackWithTheMarkAndSaysSo()
    {
        CopyStage();
        SafetyFolders.WriteChecker(_folder.Root, 1, 0);
        SafetyFolders.WriteMark(_folder.Root, 250, 0, 10);
        foreach (var memory in (long?[])[null, 8 << 20])
        {
            using var cascade = Cascade.Load(_folder.Root, new CascadeOptions { Dtype = ScalarType.Float32, Memory = memory });
            Assert.Equal(memory is not null, cascade.TakesTurns);
            var results = cascade.Draw([ReferenceCascade.Request(), ReferenceCascade.Request(1)]);

            Assert.All(results, result =>
            {
                Assert.All(result.Picture.Rgb.ToArray(), level => Assert.Equal(0, level));
                var text = result.Provenance.ToPngText().ToDictionary();
                Assert.Equal(("unsafe", 64, 64), (text["safety"], text["safety_checker_sha256"].Length, text["watermark_sha256"].Length));
            });
        }

        var report = Cascade.Inspect(_folder.Root);
        Assert.Empty(report.AllErrors);
        Assert.True(report is { SafetyCheckerParameters: > 1000, HasWatermark: true });
    }

    [Theory]
    [InlineData("safety_checker/model.safetensors", null, "holds no weights")]
    [InlineData("safety_checker/config.json", """{ "model_type": "clip" }""", "has no vision_config")]
    [InlineData("feature_extractor/preprocessor_config.json", null, "preprocessor_config.json' is missing")]
    [InlineData("feature_extractor/preprocessor_config.json", """{ "crop_size": { "height": 8, "width": 8 }, "image_mean": [0, 0, 0], "image_std": [1, 1, 1] }""", "makes pictures of 8 pixels; the safety checker's image_size is 16")]
    [InlineData("watermarker/diffusion_pytorch_model.safetensors", null, "holds no weights")]
    public void Load_PartMissingOrOfAnotherKind_NamesIt(string file, string? content, string expected)
    {
        CopyStage();
        SafetyFolders.WriteChecker(_folder.Root, 1, 0);
        SafetyFolders.WriteMark(_folder.Root, 250, 0, 10);
        if (content is null) File.Delete(_folder[file]);
        else File.WriteAllText(_folder[file], content);

        Assert.Contains(expected, Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains(expected, Assert.Single(Cascade.Inspect(_folder.Root).AllErrors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("safety_checker")]
    [InlineData("watermarker")]
    public void Load_FolderOutsideTheModel_IsRefused(string key)
    {
        File.WriteAllText(_folder["cascade.json"], $$"""{ "name": "x", "stages": ["a"], "{{key}}": "../b" }""");

        Assert.Contains("'../b' lies outside the model's folder", Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
    }

    private static StageResult Stage(string key) => new(key, Grey, 0, Checkpoint: null);

    private PictureGuard Load(bool checker = true, bool watermark = true, bool stays = true) => PictureGuard.Load(
        _folder.Root, new CascadeFile { Name = "x", Stages = ["."], SafetyChecker = checker ? "safety_checker" : null, Watermarker = watermark ? "watermarker" : null },
        Placement.Cpu, stays);

    private void CopyStage()
    {
        var source = Path.Combine(ReferenceCascade.Folder, "stage1");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = _folder[Path.Combine("stage1", Path.GetRelativePath(source, file))];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
        File.WriteAllText(_folder["cascade.json"],
            """{ "name": "x", "stages": ["stage1"], "defaults": { "stage1": { "steps": 2 } }, "safety_checker": "safety_checker", "watermarker": "watermarker" }""");
    }
}
