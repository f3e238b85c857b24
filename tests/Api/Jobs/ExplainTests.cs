using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Models;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Jobs;

public sealed class ExplainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Explain_JobsAlongTheirWay_EachSaysWhereItIs()
    {
        var renderer = new TestRenderer { MaxBatch = 1 };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer], new Dictionary<string, string?> { ["Dispatch:Runway"] = "2", ["Worker:Name"] = "w1" });
        var batch = await farm.SubmitAsync(Enumerable.Range(0, 8).Select(i => $$"""{"prompt": "hold {{i}}"}"""));
        // One job is on the device, one waits claimed behind it, and two messages wait: as many as may.
        await FarmHost.EventuallyAsync(() => farm.BatchAsync(batch.Id), status => status.Counts.Running == 2);
        var jobs = await farm.JobsAsync(batch.Id);

        var running = await FarmHost.EventuallyAsync(() => ExplainAsync(farm, jobs[0].Id), answer => answer.Summary.Contains("step 1 of 4", StringComparison.Ordinal));
        Assert.Equal((JobState.Running, JobReasonCode.Running, "w1"), (running.State, Assert.Single(running.Reasons).Code, running.Worker));
        var sent = await FarmHost.EventuallyAsync(() => ExplainAsync(farm, jobs[3].Id), answer => answer.Reasons[0].Code == JobReasonCode.AtWorkerQueue);
        Assert.Equal((JobState.Queued, 1, 1), (sent.State, sent.Reasons.Count, sent.Workers.Count));
        var waiting = await ExplainAsync(farm, jobs[6].Id);
        Assert.Equal([(JobReasonCode.BehindJobs, 2), (JobReasonCode.RunwayFull, 2)], waiting.Reasons.Select(reason => (reason.Code, reason.Count!.Value)));
        Assert.Equal(["w1"], waiting.Workers);

        renderer.Release();
        await farm.FinishedAsync(batch.Id);
        var done = await ExplainAsync(farm, jobs[6].Id);
        Assert.Equal((JobReasonCode.Finished, 0), (Assert.Single(done.Reasons).Code, done.Workers.Count));
        Assert.StartsWith("It succeeded at ", done.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_OthersGoFirst_SaysHowManyBatchesAndTenants()
    {
        await using var farm = await StartUnservedAsync();
        foreach (var (tenant, priority) in new[] { ("a", 5), ("b", 5), ("default", 3), ("default", 2), ("late", -1) })
            (await farm.PostLinesAsync("{\"prompt\": \"a\"}", $"/v1/batches?priority={priority}", tenant: tenant)).Dispose();
        var batch = await farm.SubmitAsync("{\"prompt\": \"first\"}", "{\"prompt\": \"mine\"}");

        var answer = await ExplainAsync(farm, (await farm.JobsAsync(batch.Id))[1].Id);

        Assert.Equal(
            [(JobReasonCode.NoWorker, null), (JobReasonCode.BehindJobs, 1), (JobReasonCode.BehindBatches, 2), (JobReasonCode.BehindTenants, (int?)2)],
            answer.Reasons.Select(reason => (reason.Code, reason.Count)));
        Assert.Empty(answer.Workers);
    }

    [Fact]
    public async Task Explain_PausedBatchOfAPausedModel_SaysBoth()
    {
        await using var farm = await StartUnservedAsync();
        await farm.Services.GetRequiredService<ModelCatalogue>().RegisterAsync(TestRenderer.Describe("test"), "w", Token);
        (await farm.Client.PostAsync("/v1/models/test/pause", null, Token)).Dispose();
        var batch = await farm.SubmitAsync("{\"prompt\": \"a\"}");
        (await farm.Client.PostAsync($"/v1/batches/{batch.Id}/pause", null, Token)).Dispose();

        var answer = await ExplainAsync(farm, (await farm.JobsAsync(batch.Id))[0].Id);

        Assert.Equal([JobReasonCode.BatchPaused, JobReasonCode.ModelPaused], answer.Reasons.Select(reason => reason.Code));
        Assert.Contains($"/v1/batches/{batch.Id}/resume", answer.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_JobAfterAFailedAttempt_SaysUntilWhenItWaits()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, settings: new Dictionary<string, string?> { ["Database:RetryDelay"] = "00:10:00", ["Database:MaxRetryDelay"] = "00:10:00" });
        var batch = await farm.SubmitAsync("{\"prompt\": \"flaky\"}");
        var id = (await farm.JobsAsync(batch.Id))[0].Id;

        var answer = await FarmHost.EventuallyAsync(() => ExplainAsync(farm, id), answer => answer.Reasons[0].Code == JobReasonCode.RetryBackoff);

        Assert.True(answer.Reasons[0].Until > TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(8));
        Assert.Contains("The network hiccuped.", answer.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_FailedJob_SaysWhy()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var batch = await farm.SubmitAsync("{\"prompt\": \"poison\"}");
        await farm.FinishedAsync(batch.Id);
        var answer = await ExplainAsync(farm, (await farm.JobsAsync(batch.Id))[0].Id);
        Assert.Equal((JobState.Failed, JobReasonCode.Finished), (answer.State, answer.Reasons[0].Code));
        Assert.EndsWith(": The prompt cannot be drawn.", answer.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_UnknownJob_Is404()
    {
        await using var farm = await StartUnservedAsync();
        using var unknown = await farm.Client.GetAsync($"/v1/jobs/{Guid.NewGuid()}/explain", Token);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (unknown.StatusCode, unknown.Content.Headers.ContentType?.MediaType));
    }

    /// <summary>A farm that knows a model, and whose worker is gone.</summary>
    private async Task<FarmHost> StartUnservedAsync()
    {
        var farm = await FarmHost.StartAsync(_folder.Path, []);
        var catalogue = farm.Services.GetRequiredService<ModelCatalogue>();
        await catalogue.RegisterAsync(TestRenderer.Describe("test"), "w", Token);
        await catalogue.ForgetWorkersAsync(Token);
        return farm;
    }

    private static Task<JobExplanation> ExplainAsync(FarmHost farm, Guid id) => farm.GetAsync<JobExplanation>($"/v1/jobs/{id}/explain");
}
