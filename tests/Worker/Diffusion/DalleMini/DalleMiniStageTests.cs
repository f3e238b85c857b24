using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Tests.Cascades;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

/// <summary>DALL-E Mini as the one stage of a cascade, as the farm draws with it.</summary>
public sealed class DalleMiniStageTests(SharedDalleMini shared) : IClassFixture<SharedDalleMini>
{
    [Fact]
    public void Render_Greedy_GivesTheRecordedPictures()
    {
        var settings = Settings(new() { Guidance = 3, Temperature = 0 });

        var results = shared.Cascade.Draw([.. DalleReference.Prompts.Select((prompt, index) => new RenderRequest { Prompt = prompt, Seed = index, Settings = settings })]);

        for (var index = 0; index < 2; index++)
        {
            using var file = File.OpenRead(DalleReference.PathOf($"greedy-{index}.png"));
            // Recorded by cutting off, ours is rounded.
            PictureAssert.Close(Picture.ReadPng(file), results[index].Picture, 1);
        }
    }

    [Fact]
    public void Render_FourWithSettingsOfTheirOwn_EqualsEachAlone()
    {
        RenderRequest[] requests =
        [
            Request("a castle", 1, new() { Guidance = 4, TopK = 30 }), Request("a fox", 2, new() { Temperature = 0.5 }),
            Request("a fox", 3, new() { Guidance = 1 }) with { NegativePrompt = "never seen" }, Request("a hat", 2, new() { Guidance = 2, TopK = 1 }) with { NegativePrompt = "a dog" },
        ];
        var batches = new List<int>();

        var together = shared.Cascade.Draw(requests, step => batches.Add(step.Batch.Count));

        Assert.Equal(Enumerable.Repeat(4, 64), batches);
        for (var index = 0; index < requests.Length; index++) PictureAssert.Close(shared.Cascade.Draw([requests[index]])[0].Picture, together[index].Picture, 1);
    }

    [Fact]
    public void Render_NegativePrompt_IsLedAwayFrom()
    {
        var (plain, led) = (Request("a fox", 2, new() { Temperature = 0 }), Request("a fox", 2, new() { Temperature = 0 }) with { NegativePrompt = "a castle at night" });

        var pictures = shared.Cascade.Draw([plain, led]);

        Assert.True(PictureAssert.MeanDifference(pictures[0].Picture, pictures[1].Picture) > 1);
    }

    [Fact]
    public void Render_CancelledAfterAToken_StopsWithinTheStage()
    {
        using var source = new CancellationTokenSource();
        var steps = new List<(int, int)>();

        var result = Assert.Single(shared.Cascade.Draw([Request("a fox", 1, new()) with { CancellationToken = source.Token }], step =>
        {
            steps.Add((step.Step, step.Steps));
            if (step.Step == 3) source.Cancel();
        }));

        Assert.True(result.Canceled);
        Assert.Equal([(1, 64), (2, 64), (3, 64)], steps);
    }

    [Fact]
    public void Describe_EverythingThatDeterminesAPicture_IsInThePngText()
    {
        var text = shared.Cascade.Describe(Request("a fox", 7, new() { Guidance = 2.5, Temperature = 0.75, TopK = 99 })).ToPngText().ToDictionary(entry => entry.Key, entry => entry.Value);

        Assert.Equal("steps=64 guidance=2.5 dtype=float32 top_k=64 temperature=0.75", text["stage1"]);
        Assert.DoesNotContain("text_encoder", text.Keys);
        string HashOf(params string[] file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine([DalleReference.Folder, .. file]))));
        var lines = $"{HashOf("flax_model.msgpack")}  stage1/transformer\n{HashOf("vqgan", "flax_model.msgpack")}  stage1/vqgan\n";
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))), text["weights_sha256"]);
    }

    [Fact]
    public void Stages_WithoutDefaults_AreTheOriginals()
    {
        var stage = Assert.Single(shared.Cascade.Stages);

        Assert.Equal((128, 64, 10.0, 64, 1.0), (stage.Size, stage.Steps, stage.Guidance, stage.TopK, stage.Temperature));
        Assert.Null(stage.Sampler);
        Assert.Empty(stage.Samplers);
    }

    public static TheoryData<StageSettings, string> Impossible => new()
    {
        { new() { Steps = 20 }, "stage1: steps is 20, but a stage that writes tokens has no such setting; leave it out" },
        { new() { Timesteps = "fast27" }, "timesteps is fast27" },
        { new() { Sampler = "ddim" }, "sampler is ddim" },
        { new() { NoiseLevel = 1 }, "noise_level is 1" },
        { new() { Eta = 0.5 }, "eta is 0.5" },
        { new() { TopK = 0 }, "top_k is 0; expected 1 or more" },
        { new() { Temperature = -0.1 }, "temperature is -0.1; expected 0 (the likeliest token) to 100" },
        { new() { Temperature = double.NaN }, "temperature is NaN" },
        { new() { Guidance = -1 }, "guidance is -1" },
    };

    [Theory, MemberData(nameof(Impossible))]
    public void Render_ImpossibleSettings_NamesStageAndValue(StageSettings settings, string expected) =>
        Assert.Contains(expected, Assert.Throws<SettingsException>(() => shared.Cascade.Draw([Request("a fox", 1, settings)])).Message, StringComparison.Ordinal);

    /// <summary>The published models say normalize_text; the recorded one does not.</summary>
    [Fact]
    public void Render_ModelThatNormalisesText_DrawsAlikeWhatReadsAlike()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder["vqgan"], DalleReference.VqganFolder);
        foreach (var file in Directory.GetFiles(DalleReference.Folder)) File.CreateSymbolicLink(folder[Path.GetFileName(file)], file);
        File.Delete(folder["config.json"]);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(DalleReference.Folder, "config.json")))!.AsObject();
        config["normalize_text"] = true;
        File.WriteAllText(folder["config.json"], config.ToJsonString());
        using var cascade = Cascade.Load(folder.Root, SharedDalleMini.Exact);

        var results = cascade.Draw([Request("A FOX!! <b>in</b> the Rain", 1, new()), Request("a fox, in the rain", 1, new())]);

        PictureAssert.Close(results[0].Picture, results[1].Picture, 1);
        var others = shared.Cascade.Draw([results[0].Request, results[1].Request]);
        Assert.True(PictureAssert.MeanDifference(others[0].Picture, others[1].Picture) > 1);
    }

    private static RenderRequest Request(string prompt, long seed, StageSettings settings) => new() { Prompt = prompt, Seed = seed, Settings = Settings(settings) };

    private static Dictionary<string, StageSettings> Settings(StageSettings settings) => new() { ["stage1"] = settings };
}
