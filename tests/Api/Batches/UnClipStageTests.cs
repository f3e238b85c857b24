using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RenderFarm.Contracts.Batches;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Batches;

/// <summary>Jobs for an unCLIP: its parts have steps of their own, and no sampler to choose.</summary>
public sealed class UnClipStageTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FarmHost _farm = null!;

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(_folder.Path, [new TestRenderer
    {
        Model = new()
        {
            Name = "karlo", Stages = [new() { Name = "stage1", Width = 8, Height = 8, Steps = 25, Guidance = 8, PriorSteps = 20, PriorGuidance = 4, SuperResolutionSteps = 7, Samplers = [] }],
        },
    }]);

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Submit_SettingsOfItsParts_AreFilledInWithTheModelsAndShown()
    {
        var batch = await _farm.SubmitAsync(
            """{"prompt": "a"}""", """{"prompt": "b", "stages": {"stage1": {"prior_steps": 2, "prior_guidance": 0.5, "steps": 9, "super_resolution_steps": 1000}}}""");

        var jobs = await _farm.JobsAsync(batch.Id);

        Assert.Equal(new StageSettings { Steps = 25, Guidance = 8, PriorSteps = 20, PriorGuidance = 4, SuperResolutionSteps = 7 }, jobs[0].Settings["stage1"]);
        Assert.Equal(new StageSettings { Steps = 9, Guidance = 8, PriorSteps = 2, PriorGuidance = 0.5, SuperResolutionSteps = 1000 }, jobs[1].Settings["stage1"]);
    }

    [Theory]
    [InlineData("\"sampler\": \"ddim\"", "sampler", "Stage 'stage1' takes no sampler; leave it out.")]
    [InlineData("\"timesteps\": \"fast27\"", "timesteps", "takes no timesteps")]
    [InlineData("\"top_k\": 5", "top_k", "takes no top_k")]
    [InlineData("\"steps\": 1", "steps", "'steps' is 1; give a whole number from 2 to 1000.")]
    [InlineData("\"prior_steps\": 1", "prior_steps", "'prior_steps' is 1; give a whole number from 2 to 1000.")]
    [InlineData("\"prior_steps\": 2.5", "prior_steps", "'prior_steps' is 2.5")]
    [InlineData("\"super_resolution_steps\": 1001", "super_resolution_steps", "'super_resolution_steps' is 1001; give a whole number from 2 to 1000.")]
    [InlineData("\"prior_guidance\": -1", "prior_guidance", "'prior_guidance' is -1; give a number from 0 to 100.")]
    public async Task Submit_SettingThatIsNone_SaysFieldAndRemedy(string setting, string field, string message)
    {
        using var response = await _farm.PostLinesAsync($$"""{"prompt": "a", "stages": {"stage1": { {{setting}} } } }""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        var error = Assert.Single(problem.GetProperty("errors").EnumerateArray());
        Assert.Equal($"stages.stage1.{field}", error.GetProperty("field").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
