using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.UnClip;

/// <summary>A tiny unCLIP that diffusers 0.42 initialised, saved and drew with (4 steps of the prior, 5 of the decoder, 3 of the super-resolution); golden.safetensors holds its pictures in [0, 1].</summary>
public sealed class UnClipStageTests : IDisposable
{
    private const int LevelTolerance = 2;

    private static readonly string Golden = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "UnClip", "Goldens", "karlo");

    private static readonly StageSettings Guided = new() { PriorSteps = 4, Steps = 5, SuperResolutionSteps = 3 };

    private static readonly RenderRequest[] Recorded =
    [
        Request("a red box", 21, Guided), Request("red red red red red and so on, beyond all of the tokens", 22, Guided), Request("box", 23, Guided with { PriorGuidance = 1, Guidance = 1 }),
    ];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Render_Golden_EqualsDiffusers()
    {
        using var golden = SafetensorsFile.Open(Path.Combine(Golden, "golden.safetensors"));
        using var cascade = Load(ScalarType.Float32);

        var results = cascade.Draw(Recorded);

        for (var request = 0; request < Recorded.Length; request++)
        {
            using var image = golden.Read($"image.{request}");
            using var signed = image.Times(2.0).PlusInPlace(-1);
            PictureAssert.Close(PictureTensor.ToPictures(signed)[0], results[request].Picture, LevelTolerance);
        }
    }

    [Fact]
    public void Render_BatchOfFour_EqualsFourAlone()
    {
        using var cascade = Load(ScalarType.Float32);
        RenderRequest[] requests = [.. Recorded, Request("red", 24, Guided with { PriorGuidance = 1 }) with { NegativePrompt = "box" }];

        var together = cascade.Draw(requests);

        for (var request = 0; request < requests.Length; request++)
            PictureAssert.Close(cascade.Draw([requests[request]])[0].Picture, together[request].Picture, LevelTolerance);
    }

    [Fact]
    public void Preview_OfDecoderAndSuperResolution_IsTheirPictureAndThePriorHasNone()
    {
        using var cascade = Load(ScalarType.Float32);
        var plain = cascade.Draw(Recorded);

        var (results, looks) = PreviewTests.Looked(cascade, Recorded);

        // 4 steps of the prior; then 5 and 3.
        Assert.Equal(Enumerable.Range(5, 8), looks.Keys.Select(look => look.Step).Distinct().Order());
        for (var request = 0; request < Recorded.Length; request++)
        {
            PictureAssert.Close(plain[request].Picture, results[request].Picture, 0);
            PictureAssert.Close(results[request].Picture, looks[(0, 12, request)], 1);
            Assert.True(looks[(0, 9, request)].Width < results[request].Picture.Width);
        }
    }

    [Fact]
    public void Render_Progress_CountsTheStepsOfAllParts()
    {
        using var cascade = Load(ScalarType.Float32);
        var told = new List<(int, int)>();

        cascade.Draw([Recorded[0]], progress => told.Add((progress.Step, progress.Steps)));

        Assert.Equal(Enumerable.Range(1, 12).Select(step => (step, 12)), told);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(11)]
    public void Render_CanceledInAnyPart_StopsBeforeTheNextStep(int at)
    {
        using var cascade = Load(ScalarType.Float32);
        using var wish = new CancellationTokenSource();
        var steps = 0;

        var result = cascade.Draw([Recorded[0] with { CancellationToken = wish.Token }], progress =>
        {
            steps = progress.Step;
            if (steps == at) wish.Cancel();
        })[0];

        Assert.True(result.Canceled);
        Assert.Equal(at, steps);
    }

    [Fact]
    public void Render_BFloat16_DrawsAndSaysSo()
    {
        using var cascade = Load(ScalarType.BFloat16);

        var result = cascade.Draw([Recorded[0]])[0];

        Assert.Equal((16, 16), (result.Picture.Width, result.Picture.Height));
        Assert.Equal(
            "sampler=unclip steps=5 guidance=8 dtype=bfloat16 prior_steps=4 prior_guidance=4 super_resolution_steps=3",
            result.Provenance.Stages[0].ToString().Split(" scheduler_sha256")[0]);
    }

    [Fact]
    public void Render_PartsTakeTurns_DrawsTheSame()
    {
        using var resident = Load(ScalarType.Float32);
        using var turns = Cascade.Load(Golden, new CascadeOptions { Dtype = ScalarType.Float32, Memory = 800_000 });
        Assert.True(turns.TakesTurns);
        // The decoder is not guided, the prior is: the negative prompt is encoded nevertheless.
        var request = Recorded[0] with { NegativePrompt = "box", Settings = Settings(Guided with { Guidance = 1 }) };

        for (var time = 0; time < 2; time++) PictureAssert.Close(resident.Draw([request])[0].Picture, turns.Draw([request])[0].Picture, 0);
    }

    [Fact]
    public void Render_Repeatedly_KeepsNoTensor()
    {
        using var cascade = Load(ScalarType.Float32);
        cascade.Draw([Recorded[0]]);
        Assert.Equal(0, Leaks.Of(() => cascade.Draw([Recorded[0]])));
    }

    [Theory]
    [InlineData("prior_steps is 1; expected 2 to 1000", 1, null, null)]
    [InlineData("super_resolution_steps is 1001; expected 2 to 1000", null, 1001, null)]
    [InlineData("sampler is ddim, but an unCLIP has no such setting", null, null, "ddim")]
    public void Render_SettingItCannotMeet_IsRefused(string expected, int? priorSteps, int? superResolutionSteps, string? sampler)
    {
        using var cascade = Load(ScalarType.Float32);
        var request = Request("red", 1, new() { PriorSteps = priorSteps, SuperResolutionSteps = superResolutionSteps, Sampler = sampler });
        Assert.Contains(expected, Assert.Throws<SettingsException>(() => cascade.Draw([request])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prior/config.json", "num_embeddings", 13, "num_embeddings = 13")]
    [InlineData("prior/config.json", "embedding_dim", 24, "embedding_dim = 24")]
    [InlineData("prior/config.json", "additional_embeddings", 5, "additional_embeddings = 5")]
    [InlineData("text_proj/config.json", "cross_attention_dim", 16, "cross_attention_dim = 16")]
    [InlineData("text_proj/config.json", "time_embed_dim", 64, "time_embed_dim = 64")]
    [InlineData("decoder/config.json", "class_embed_type", "timestep", "class_embed_type = Timestep")]
    [InlineData("decoder/config.json", "out_channels", 3, "out_channels = 3")]
    [InlineData("super_res_first/config.json", "in_channels", 3, "in_channels = 3")]
    [InlineData("super_res_last/config.json", "sample_size", 32, "sample_size = 16")]
    [InlineData("super_res_first/config.json", "sample_size", null, "sample_size = null")]
    [InlineData("super_res_last/config.json", "act_fn", "relu", "act_fn = \"relu\"")]
    [InlineData("decoder_scheduler/scheduler_config.json", "_class_name", "DDIMScheduler", "_class_name is \"DDIMScheduler\"")]
    [InlineData("prior_scheduler/scheduler_config.json", "variance_type", "learned_range", "variance_type = learned_range")]
    public void Load_PartsThatDoNotFit_AreRefusedBeforeWeightsAreRead(string file, string key, object? value, string expected)
    {
        CopyWithoutWeights();
        var config = JsonNode.Parse(File.ReadAllText(_folder[file]))!;
        config[key] = value is int number ? number : (string?)value;
        File.WriteAllText(_folder[file], config.ToJsonString());

        Assert.Contains(expected, Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains(Cascade.Inspect(_folder.Root).AllErrors, error => error.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("super_res_last", "UNet2DModel")]
    [InlineData("prior_scheduler", "UnCLIPScheduler")]
    public void Load_PartMissing_NamesIt(string part, string kind)
    {
        CopyWithoutWeights();
        var index = JsonNode.Parse(File.ReadAllText(_folder["model_index.json"]))!;
        index[part] = new JsonArray(null, null);
        File.WriteAllText(_folder["model_index.json"], index.ToJsonString());

        var message = Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message;

        Assert.Contains($"has no {part}", message, StringComparison.Ordinal);
        Assert.Contains(kind, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Golden_CountsAllParts()
    {
        var report = Cascade.Inspect(Golden);
        Assert.Empty(report.AllErrors);
        Assert.Equal(["text_encoder", "prior", "text_proj", "decoder", "super_res_first", "super_res_last"], report.Stages[0].Components.Select(component => component.Name));
        Assert.Equal(16, report.Stages[0].Size);
    }

    public void Dispose() => _folder.Dispose();

    private static Cascade Load(ScalarType dtype) => Cascade.Load(Golden, new CascadeOptions { Dtype = dtype });

    private static RenderRequest Request(string prompt, long seed, StageSettings settings) => new() { Prompt = prompt, Seed = seed, Settings = Settings(settings) };

    private static Dictionary<string, StageSettings> Settings(StageSettings settings) => new() { ["stage1"] = settings };

    private void CopyWithoutWeights()
    {
        foreach (var file in Directory.EnumerateFiles(Golden, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            var copy = _folder[Path.GetRelativePath(Golden, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
