using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Batches;

public sealed class ValidationTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FarmHost _farm = null!;

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("""{"prompt": ""}""", "prompt", "empty")]
    [InlineData("""{"prompt": "   "}""", "prompt", "empty")]
    [InlineData("""{"custom_id": "x"}""", "prompt", "empty")]
    [InlineData("""{"prompt": 7}""", "prompt", "a number; give a text")]
    [InlineData("""{"prompt": "\ud800"}""", "prompt", "surrogate")]
    [InlineData("""{"prompt": "a", "model": "other"}""", "model", "Unknown model 'other'; known are test")]
    [InlineData("""{"prompt": "a", "seed": -1}""", "seed", "'seed' is -1; give a whole number from 0")]
    [InlineData("""{"prompt": "a", "seed": 1.5}""", "seed", "'seed' is 1.5")]
    [InlineData("""{"prompt": "a", "seed": 9223372036854775808}""", "seed", "9223372036854775808")]
    [InlineData("""{"prompt": "a", "priority": 11}""", "priority", "-10 to 10")]
    [InlineData("""{"prompt": "a", "custom_id": ""}""", "custom_id", "0 characters")]
    [InlineData("""{"prompt": "a", "colour": "red"}""", "colour", "Unknown field 'colour'")]
    [InlineData("""{"prompt": "a", "stages": {"stage9": {}}}""", "stages.stage9", "no stage 'stage9'; its stages are stage1, stage2")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"steps": 0}}}""", "stages.stage1.steps", "1 to 1000")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"guidance": 101}}}""", "stages.stage1.guidance", "0 to 100")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"sampler": "pndm", "timesteps": "fast3"}}}""", "stages.stage1.sampler", "which takes no timesteps (fast3)")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"sampler": "magic"}}}""", "stages.stage1.sampler", "Unknown sampler 'magic'; stage 'stage1' has ddpm, ddim, pndm")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"noise_level": 5}}}""", "stages.stage1.noise_level", "takes no noise_level")]
    [InlineData("""{"prompt": "a", "stages": {"stage2": {"noise_level": 1000}}}""", "stages.stage2.noise_level", "0 to 999")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"top_k": 5}}}""", "stages.stage1.top_k", "Stage 'stage1' takes no top_k; leave it out.")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"prior_steps": 5}}}""", "stages.stage1.prior_steps", "Stage 'stage1' takes no prior_steps; leave it out.")]
    [InlineData("""{"prompt": "a", "stages": {"stage2": {"temperature": 0.5}}}""", "stages.stage2.temperature", "takes no temperature")]
    [InlineData("""{"prompt": "a", "stages": {"stage2": {"speed": 1}}}""", "stages.stage2.speed", "Unknown field 'speed'")]
    [InlineData("""{"prompt": "a", "stages": {"stage2": {"eta": 1.5}}}""", "stages.stage2.eta", "from 0 to 1")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"timesteps": "slow3"}}}""", "stages.stage1.timesteps", "'timesteps' is 'slow3'; give one of fast3, or descending whole numbers")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"timesteps": "9,5,5"}}}""", "stages.stage1.timesteps", "'timesteps' has 5 after 5")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"timesteps": "1000,5"}}}""", "stages.stage1.timesteps", "begins with 1000")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"timesteps": "9,-5"}}}""", "stages.stage1.timesteps", "'9,-5'")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"timesteps": ""}}}""", "stages.stage1.timesteps", "'timesteps' is ''")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"timesteps": "fast3", "steps": 3}}}""", "stages.stage1.timesteps", "choose one")]
    [InlineData("""{"\ud800": 1}""", "\\ud800", "surrogate")]
    [InlineData("""{"prompt": "a", "stages": {"stage1": {"\udc00": 1}}}""", "stages.stage1.\\udc00", "surrogate")]
    [InlineData("""{"prompt": "a", "x": [1, {"y": "\ud800a"}]}""", "x[1].y", "surrogate")]
    [InlineData("""{"prompt": "a", "custom_id": "\ud83d"}""", "custom_id", "surrogate")]
    [InlineData("\"\\ud800\"", null, "surrogate")]
    [InlineData("""["prompt"]""", null, "not an array")]
    [InlineData("""{"prompt": "a", }""", null, "Invalid JSON at line 2")]
    [InlineData("""{"prompt": "a", "prompt": "b"}""", null, "Invalid JSON at line 2")]
    public async Task Submit_SecondLineIsWrong_SaysLineAndFieldAndStoresNothing(string line, string? field, string message)
    {
        using var response = await _farm.PostLinesAsync("{\"prompt\": \"good\"}\n" + line + "\n");
        var error = await SingleErrorAsync(response);
        Assert.Equal(2, error.GetProperty("line").GetInt32());
        Assert.Equal(field, error.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Submit_PromptOverTwoThousandCharacters_IsRefusedAndOneOfTwoThousandIsNot()
    {
        // Characters beyond the basic plane count as one.
        var longest = string.Concat(Enumerable.Repeat("𝄞", 2000));
        using var accepted = await _farm.PostLinesAsync($$"""{"prompt": "{{longest}}"}""");
        using var refused = await _farm.PostLinesAsync($$"""{"prompt": "{{longest}}x"}""");
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Contains("2001 characters", (await SingleErrorAsync(refused)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_DuplicateCustomId_NamesIt()
    {
        using var response = await _farm.PostLinesAsync("{\"custom_id\": \"a\", \"prompt\": \"x\"}\n\n{\"custom_id\": \"a\", \"prompt\": \"y\"}");
        var error = await SingleErrorAsync(response);
        Assert.Equal((3, "custom_id"), (error.GetProperty("line").GetInt32(), error.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Submit_InvalidUtf8_SaysTheLine()
    {
        byte[] body = [.. "{\"prompt\": \"good\"}\n{\"prompt\": \""u8, 0xC3, 0x28, .. "\"}\n"u8];
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/jsonl") } };
        using var response = await _farm.Client.PostAsync("/v1/batches", content, TestContext.Current.CancellationToken);
        Assert.Contains("Line 2 is not valid UTF-8", (await SingleErrorAsync(response)).GetProperty("message").GetString(), StringComparison.Ordinal);
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Submit_SeveralErrors_AllAreNamed()
    {
        using var response = await _farm.PostLinesAsync("{\"prompt\": \"\", \"seed\": -1}\nnonsense\n{\"prompt\": \"good\"}\n{\"x\": 1}");
        var errors = await ErrorsAsync(response);
        Assert.Equal([1, 1, 2, 4], errors.Select(error => error.GetProperty("line").GetInt32()).Order());
    }

    [Fact]
    public async Task Submit_ByteOrderMarkAndCarriageReturns_AreAccepted()
    {
        using var response = await _farm.PostLinesAsync("\uFEFF{\"prompt\": \"a\"}\r\n{\"prompt\": \"b\"}\r\n");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("", "no jobs")]
    [InlineData("\n \n", "no jobs")]
    public async Task Submit_NoLines_IsRefused(string body, string message)
    {
        using var response = await _farm.PostLinesAsync(body);
        Assert.Contains(message, (await SingleErrorAsync(response)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"jobs": [{"prompt": "a"}, {"prompt": ""}]}""", "jobs[1].prompt")]
    [InlineData("""{"jobs": [{"prompt": "a", "stages": {"stage1": {"steps": "many"}}}]}""", "jobs[0].stages.stage1.steps")]
    [InlineData("""{"jobs": [], "color": 1}""", "color")]
    [InlineData("""{"jobs": {}}""", "jobs")]
    [InlineData("""{"jobs": [{"prompt": "a"}], "priority": 99}""", "priority")]
    [InlineData("""{"jobs": []}""", "jobs")]
    [InlineData("""{}""", "jobs")]
    [InlineData("""[{"prompt": "a"}]""", "jobs")]
    [InlineData("""{"jobs": null}""", "jobs")]
    [InlineData("""{"jobs": [{"prompt": "a"}], "jobs": []}""", "jobs")]
    [InlineData("""{"jobs": [{"prompt": "a"}, 7]}""", "jobs[1]")]
    [InlineData("""{"jobs": [{"prompt": "a"}, {"prompt": "b", "prompt": "c"}]}""", "jobs[1]")]
    [InlineData("""{"jobs": [{"\ud800": 1}]}""", "jobs[0].\\ud800")]
    [InlineData("""{"\ud800": 1, "jobs": [{"prompt": "a"}]}""", "\\ud800")]
    [InlineData("""{"jobs": [{"prompt": "a"}], "model": "other"}""", "jobs[0].model")]
    [InlineData("""{"jobs": [{"prompt": "a", "stages": {"stage9": {}}}], "model": "test"}""", "jobs[0].stages.stage9")]
    public async Task Submit_WrongDocument_SaysTheField(string body, string field)
    {
        using var response = await PostJsonAsync(body);
        Assert.Equal(field, (await SingleErrorAsync(response)).GetProperty("field").GetString());
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Submit_BrokenDocument_SaysTheLine()
    {
        using var response = await PostJsonAsync("{\"jobs\": [\n  {\"prompt\": \"a\"},\n  oops\n]}");
        Assert.Equal(3, (await SingleErrorAsync(response)).GetProperty("line").GetInt32());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"jobs\": [{\"prompt\": \"a\"}]")]
    [InlineData("{\"jobs\": [{\"prompt\": \"a\"}]} {}")]
    [InlineData("{\"jobs\": [{\"prompt\": \"a\"},]}")]
    public async Task Submit_DocumentThatEndsWrongly_SaysTheLine(string body)
    {
        using var response = await PostJsonAsync(body);
        Assert.Equal(1, (await SingleErrorAsync(response)).GetProperty("line").GetInt32());
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Submit_JobOfADocumentTooLong_SaysWhich()
    {
        using var response = await PostJsonAsync("{\"jobs\": [{\"prompt\": \"a\"}, {\"prompt\": \"" + new string('x', 300_000) + "\"}]}");
        Assert.Equal("jobs[1]", (await SingleErrorAsync(response)).GetProperty("field").GetString());
    }

    [Fact]
    public async Task Submit_DocumentOverTwoThousandCharacters_CountsThemAsLinesDo()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 2000));
        using var accepted = await PostJsonAsync($$"""{"jobs": [{"prompt": "{{longest}}"}]}""");
        using var refused = await PostJsonAsync($$"""{"jobs": [{"prompt": "{{longest}}😀"}]}""");
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Contains("2001 characters", (await SingleErrorAsync(refused)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_OtherContentType_Is415AndSaysWhichWouldDo()
    {
        using var response = await _farm.Client.PostAsync("/v1/batches", new StringContent("x", Encoding.UTF8, "text/csv"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("The content type is 'text/csv; charset=utf-8'; expected is application/json or application/x-ndjson or application/jsonl.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Submit_LineTooLong_SaysTheLine()
    {
        using var response = await _farm.PostLinesAsync("{\"prompt\": \"a\"}\n{\"prompt\": \"" + new string('x', 300_000) + "\"}");
        var error = (await ErrorsAsync(response))[0];
        Assert.Equal(2, error.GetProperty("line").GetInt32());
        Assert.Contains("bytes", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_BadTenant_IsRefused()
    {
        using var response = await _farm.PostLinesAsync("{\"prompt\": \"a\"}", tenant: "../x");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("X-Tenant", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostJsonAsync(string body) =>
        _farm.Client.PostAsync("/v1/batches", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    private async Task AssertNothingStoredAsync() => Assert.Empty((await _farm.GetAsync<Contracts.Batches.BatchPage>("/v1/batches")).Items);

    private static async Task<JsonElement> SingleErrorAsync(HttpResponseMessage response) => Assert.Single(await ErrorsAsync(response));

    private static async Task<IReadOnlyList<JsonElement>> ErrorsAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        return [.. JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateArray()];
    }
}
