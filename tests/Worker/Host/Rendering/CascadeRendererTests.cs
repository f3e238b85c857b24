using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Testing;
using RenderFarm.Worker.Rendering;
using Xunit;
using static TorchSharp.torch;
using StageSettings = RenderFarm.Contracts.Batches.StageSettings;

namespace RenderFarm.Worker.Tests.Rendering;

public sealed class CascadeRendererTests : IDisposable
{
    private static readonly CascadeOptions Exact = new() { Device = CPU, Dtype = ScalarType.Float32 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void I10_ModelWithTimestepsAndEta_TheFarmDrawsWhatTheToolDraws()
    {
        var model = Model();
        using var renderer = new CascadeRenderer(model, Exact);
        using var cascade = Cascade.Load(model, Exact);
        var stage = renderer.Model.Stages[0];
        Assert.Equal((3, "800,400,0", 0.5, 27), (stage.Steps, stage.Timesteps, stage.Eta, stage.TimestepLists["smart27"]));

        // As the farm stores the model's defaults: its length beside the list.
        var defaults = new StageSettings { Steps = stage.Steps, Timesteps = stage.Timesteps, Eta = stage.Eta, Guidance = stage.Guidance, Sampler = stage.Sampler };
        var other = defaults with { Timesteps = "900,100", Steps = 2, Eta = 0 };

        var farm = renderer.Render([Work(defaults)], _ => { }, CancellationToken.None)[0];
        Assert.Contains("timesteps=800,400,0", farm.Provenance.Values.Single(value => value.Contains("sampler=", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(Png(cascade, null), farm.Pictures[0].EncodePng());
        Assert.Equal(Png(cascade, new() { Timesteps = "900,100", Eta = 0 }), renderer.Render([Work(other)], _ => { }, CancellationToken.None)[0].Pictures[0].EncodePng());
        Assert.NotEqual(Png(cascade, null), Png(cascade, new() { Eta = 0 }));
    }

    [Fact]
    public void I10_StageThatWritesTokens_TheFarmDrawsWhatTheToolDraws()
    {
        var model = Reference.PathOf("dalle-mini", "model");
        using var renderer = new CascadeRenderer(model, Exact);
        using var cascade = Cascade.Load(model, Exact);
        var stage = renderer.Model.Stages[0];
        Assert.Equal((64, 10.0, 64, 1.0), (stage.Steps, stage.Guidance, stage.TopK!.Value, stage.Temperature!.Value));
        Assert.Null(stage.Sampler);
        var steps = new List<int>();

        var farm = renderer.Render([Work(new() { Guidance = 3, TopK = 7, Temperature = 0.5 })], step => steps.Add(step.Step), CancellationToken.None)[0];

        Assert.Equal(Enumerable.Range(1, 64), steps);
        Assert.Equal(Png(cascade, new() { Guidance = 3, TopK = 7, Temperature = 0.5 }), farm.Pictures[0].EncodePng());
        Assert.NotEqual(Png(cascade, null), farm.Pictures[0].EncodePng());
    }

    [Fact]
    public void I10_UnClip_TheFarmDrawsWhatTheToolDraws()
    {
        var model = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "UnClip", "Goldens", "karlo");
        using var renderer = new CascadeRenderer(model, Exact);
        using var cascade = Cascade.Load(model, Exact);
        var stage = renderer.Model.Stages[0];
        Assert.Equal((25, 25, 4.0, 7), (stage.Steps, stage.PriorSteps!.Value, stage.PriorGuidance!.Value, stage.SuperResolutionSteps!.Value));

        var farm = renderer.Render([Work(new() { Steps = 4, PriorSteps = 3, PriorGuidance = 2, SuperResolutionSteps = 2 })], _ => { }, CancellationToken.None)[0];

        Assert.Contains("prior_steps=3 prior_guidance=2 super_resolution_steps=2", farm.Provenance["stage1"], StringComparison.Ordinal);
        Assert.Equal(Png(cascade, new() { Steps = 4, PriorSteps = 3, PriorGuidance = 2, SuperResolutionSteps = 2 }), farm.Pictures[0].EncodePng());
        Assert.NotEqual(Png(cascade, new() { Steps = 4, PriorSteps = 4, PriorGuidance = 2, SuperResolutionSteps = 2 }), farm.Pictures[0].EncodePng());
    }

    private static RenderWork Work(StageSettings settings) =>
        new() { Id = Guid.NewGuid(), Prompt = "a photo of a corgi", Seed = 5, Settings = new Dictionary<string, StageSettings> { ["stage1"] = settings } };

    private static byte[] Png(Cascade cascade, RenderFarm.Diffusion.Cascades.Requests.StageSettings? settings)
    {
        var result = cascade.Render([new RenderRequest
        {
            Prompt = "a photo of a corgi", Seed = 5,
            Settings = settings is null ? new Dictionary<string, RenderFarm.Diffusion.Cascades.Requests.StageSettings>() : new() { ["stage1"] = settings },
        }])[0];
        using var png = new MemoryStream();
        result.Picture.WritePng(png, result.Provenance.ToPngText());
        return png.ToArray();
    }

    /// <summary>The reference's first stage with defaults that are a list.</summary>
    private string Model()
    {
        var stage = Path.GetDirectoryName(Reference.PathOf("cascade", "stage1", "model_index.json"))!;
        Directory.CreateSymbolicLink(_folder.File("stage1"), stage);
        _folder.Write("cascade.json", """
            {"name": "listed", "stages": ["stage1"], "defaults": {"stage1": {"timesteps": "800,400,0", "sampler": "ddim", "eta": 0.5, "guidance": 4}}}
            """);
        return _folder.Path;
    }
}
