using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RenderFarm.Contracts.Batches;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Batches;

/// <summary>Jobs for a model whose stage writes tokens: it has other settings than a diffusion stage.</summary>
public sealed class TokenStageTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FarmHost _farm = null!;

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(_folder.Path, [new TestRenderer
    {
        Model = new() { Name = "tokens", Stages = [new() { Name = "stage1", Width = 8, Height = 8, Steps = 256, Guidance = 10, TopK = 256, Temperature = 1, Samplers = [] }] },
    }]);

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Submit_SettingsOfTokens_AreFilledInWithTheModelsAndShown()
    {
        var batch = await _farm.SubmitAsync("{\"prompt\": \"a\"}", "{\"prompt\": \"b\", \"stages\": {\"stage1\": {\"top_k\": 5, \"temperature\": 0, \"guidance\": 3}}}");

        var jobs = await _farm.JobsAsync(batch.Id);

        Assert.Equal(new StageSettings { Guidance = 10, TopK = 256, Temperature = 1 }, jobs[0].Settings["stage1"]);
        Assert.Equal(new StageSettings { Guidance = 3, TopK = 5, Temperature = 0 }, jobs[1].Settings["stage1"]);
    }

    [Theory]
    [InlineData("\"steps\": 5", "steps", "Stage 'stage1' takes no steps; leave it out.")]
    [InlineData("\"sampler\": \"ddim\"", "sampler", "takes no sampler")]
    [InlineData("\"timesteps\": \"fast27\"", "timesteps", "takes no timesteps")]
    [InlineData("\"eta\": 0.5", "eta", "takes no eta")]
    [InlineData("\"noise_level\": 5", "noise_level", "takes no noise_level")]
    [InlineData("\"top_k\": 0", "top_k", "'top_k' is 0; give a whole number from 1 to 1000000.")]
    [InlineData("\"top_k\": 1.5", "top_k", "'top_k' is 1.5")]
    [InlineData("\"temperature\": -1", "temperature", "'temperature' is -1; give a number from 0 to 100.")]
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
