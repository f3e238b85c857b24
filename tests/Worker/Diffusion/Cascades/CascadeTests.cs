using System.Text.Json;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Cascades;

public sealed class CascadeTests(SharedCascade shared) : IClassFixture<SharedCascade>
{
    /// <summary>Grey levels between our picture and diffusers'.</summary>
    private const int LevelTolerance = 2;

    /// <summary>
    /// Relative error between a picture drawn in a batch and alone, in float32. Measured over batches of 2, 4 and 7 on two cores with AVX-512: at most 3e-7
    /// after stage 1 and 1.4e-6 after stage 2 (bfloat16: none); libtorch sums in another order for other batch sizes.
    /// </summary>
    private const double BatchTolerance = 1e-5;

    [Fact]
    public void Render_RecordedRequests_EqualsDiffusersPictures()
    {
        using var requests = JsonDocument.Parse(File.ReadAllBytes(Reference.PathOf("cascade", "expected", "requests.json")));
        var cascade = shared.Cascade;

        var results = cascade.Draw([.. requests.RootElement.EnumerateArray().Select(Recorded)]);

        for (var index = 0; index < results.Count; index++) CheckRecorded(index, results[index]);
    }

    /// <summary>The third stage has a text encoder of its own.</summary>
    [Fact]
    public void Render_AllThreeRecordedStages_EqualsDiffusersPictures()
    {
        using var requests = JsonDocument.Parse(File.ReadAllBytes(Reference.PathOf("cascade", "expected", "requests.json")));
        using var cascade = Cascade.Load(ReferenceCascade.Folder, new CascadeOptions { Dtype = ScalarType.Float32 });

        var results = cascade.Draw([.. requests.RootElement.EnumerateArray().Select(Recorded)]);

        Assert.All(results, result => Assert.Equal(3, result.Stages.Count));
        for (var index = 0; index < results.Count; index++) CheckRecorded(index, results[index]);
    }

    [Fact]
    public void Render_BatchOfFour_EqualsFourSingles()
    {
        var cascade = shared.Cascade;
        RenderRequest[] requests = [.. Enumerable.Range(0, 4).Select(index => ReferenceCascade.Request(index) with
        {
            KeepCheckpoints = true,
            Settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Guidance = 1 + index }, ["stage2"] = new() { NoiseLevel = 100 * index } },
        })];

        var together = cascade.Draw(requests);

        foreach (var (request, result) in requests.Zip(together))
        {
            var alone = cascade.Draw([request])[0];
            foreach (var (one, other) in alone.Stages.Zip(result.Stages))
            {
                using var scope = NewDisposeScope();
                TensorAssert.Close(Pixels(one), Pixels(other), BatchTolerance);
                PictureAssert.Close(one.Picture, other.Picture, 1);
            }
        }
    }

    [Fact]
    public void Render_SameRequestTwice_GivesTheSameBits()
    {
        var cascade = shared.Cascade;
        var first = cascade.Draw([ReferenceCascade.Request()])[0];
        Assert.Equal(first.Picture.Rgb, cascade.Draw([ReferenceCascade.Request()])[0].Picture.Rgb);
    }

    [Fact]
    public void Render_FromACheckpoint_GivesThePictureThatGoingOnGave()
    {
        var cascade = shared.Cascade;
        var request = ReferenceCascade.Request() with { KeepCheckpoints = true };
        var whole = cascade.Draw([request])[0];

        var resumed = cascade.Draw([request with { ResumeFrom = whole.Stages[0].Checkpoint }])[0];

        Assert.Equal("stage2", Assert.Single(resumed.Stages).Key);
        Assert.Equal(whole.Picture.Rgb, resumed.Picture.Rgb);
    }

    [Fact]
    public void Render_Repeatedly_KeepsNoTensor()
    {
        using var cascade = ReferenceCascade.Load(new CascadeOptions { Dtype = ScalarType.Float32, TextCacheBytes = 0 });
        var request = ReferenceCascade.Request(1) with { Settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 2 }, ["stage2"] = new() { Steps = 2 } } };
        cascade.Draw([request]);
        Assert.Equal(0, Leaks.Of(() =>
        {
            for (var time = 0; time < 3; time++) cascade.Draw([request, request with { Seed = time }]);
        }));
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Render_InHalfPrecision_DrawsNearlyTheSamePicture(ScalarType dtype)
    {
        var full = shared.Cascade;
        using var half = ReferenceCascade.Load(new CascadeOptions { Dtype = dtype });

        var expected = full.Draw([ReferenceCascade.Request()])[0].Stages[0].Picture;
        var actual = half.Draw([ReferenceCascade.Request()])[0].Stages[0].Picture;

        // A random network amplifies rounding; what is meant is "the same picture", not "the same numbers".
        Assert.True(PictureAssert.MeanDifference(expected, actual) < 6, $"{PictureAssert.MeanDifference(expected, actual)} levels on average");
    }

    [Fact]
    public void Load_PartsInTheirOwnFormats_AreRecorded()
    {
        using var cascade = ReferenceCascade.Load(new CascadeOptions
        {
            Dtype = ScalarType.Float32,
            TextEncoder = new ComponentPlacement(Dtype: ScalarType.BFloat16),
            Stages = new Dictionary<string, ComponentPlacement> { ["stage2"] = new(torch.CPU, ScalarType.BFloat16) },
        });

        var stages = cascade.Draw([ReferenceCascade.Request()])[0].Provenance.Stages;

        Assert.Equal(["float32", "bfloat16"], stages.Select(stage => stage.Dtype));
    }

    private static Tensor Pixels(StageResult stage) => tensor(stage.Checkpoint!.Pixels.ToArray());

    private static RenderRequest Recorded(JsonElement request) => new()
    {
        Prompt = request.GetProperty("prompt").GetString()!,
        NegativePrompt = request.GetProperty("negative_prompt").GetString()!,
        Seed = request.GetProperty("seed").GetInt64(),
    };

    private static void CheckRecorded(int index, RenderResult result)
    {
        foreach (var stage in result.Stages)
        {
            using var file = File.OpenRead(Reference.PathOf("cascade", "expected", $"{index}-{stage.Key}.png"));
            PictureAssert.Close(Picture.ReadPng(file), stage.Picture, LevelTolerance);
        }
    }
}
