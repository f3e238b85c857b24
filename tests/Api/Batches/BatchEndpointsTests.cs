using System.Net;
using System.Net.Http.Json;
using System.Text;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Batches;

public sealed class BatchEndpointsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestRenderer _renderer = new() { MaxBatch = 4 };
    private FarmHost _farm = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(
        // Long enough for jobs sent together to be rendered together, however busy the machine is.
        _folder.Path, [_renderer], new Dictionary<string, string?> { ["Worker:CompanyWait"] = "00:00:00.500" });

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Submit_Document_BatchSettingsApplyToJobsThatNameNone()
    {
        var body = """{"model": "test", "priority": 3, "jobs": [{"prompt": "a"}, {"prompt": "b", "priority": -1, "stages": {"stage2": {"noise_level": 9, "guidance": 1.5}}}]}""";
        using var response = await _farm.Client.PostAsync("/v1/batches", new StringContent(body, Encoding.UTF8, "application/json"), Token);
        var batch = (await response.Content.ReadFromJsonAsync<BatchStatus>(FarmJson.Options, Token))!;
        await _farm.FinishedAsync(batch.Id);
        var jobs = await _farm.JobsAsync(batch.Id);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/v1/batches/{batch.Id}", response.Headers.Location!.ToString());
        Assert.Equal([3, -1], jobs.Select(job => job.Priority));
        Assert.Equal(["job-1", "job-2"], jobs.Select(job => job.CustomId));
        Assert.Equal(new StageSettings { Steps = 2, Guidance = 1.5, NoiseLevel = 9, Sampler = "ddim" }, jobs[1].Settings["stage2"]);
    }

    [Fact]
    public async Task Submit_DocumentWhoseSettingsComeLast_TheyApplyToItsJobs()
    {
        var body = """{"jobs": [{"prompt": "a", "stages": {"stage1": {"steps": 2}}}, {"prompt": "b", "priority": -1}], "priority": 3, "model": "test"}""";
        using var response = await _farm.Client.PostAsync("/v1/batches", new StringContent(body, Encoding.UTF8, "application/json"), Token);
        var jobs = await _farm.JobsAsync((await response.Content.ReadFromJsonAsync<BatchStatus>(FarmJson.Options, Token))!.Id);
        Assert.Equal([(3, "test", 2), (-1, "test", 4)], jobs.Select(job => (job.Priority, job.Model, job.Settings["stage1"].Steps!.Value)));
    }

    [Fact]
    public async Task Submit_TimestepsAndEta_ReachTheRendererAndTheStatus()
    {
        var batch = await _farm.SubmitAsync(
            """{"prompt": "a", "stages": {"stage1": {"timesteps": "fast3"}, "stage2": {"timesteps": "700, 20,0", "eta": 0.25}}}""",
            """{"prompt": "b", "stages": {"stage1": {"steps": 6}}}""");
        await _farm.FinishedAsync(batch.Id);
        var jobs = await _farm.JobsAsync(batch.Id);

        Assert.Equal(new StageSettings { Steps = 3, Guidance = 7, Sampler = "ddpm", Timesteps = "fast3" }, jobs[0].Settings["stage1"]);
        Assert.Equal(new StageSettings { Steps = 3, Guidance = 4, NoiseLevel = 50, Sampler = "ddim", Timesteps = "700, 20,0", Eta = 0.25 }, jobs[0].Settings["stage2"]);
        Assert.Equal(new StageSettings { Steps = 6, Guidance = 7, Sampler = "ddpm" }, jobs[1].Settings["stage1"]);
        foreach (var job in jobs)
            Assert.Equal(job.Settings, Assert.Single(_renderer.Works, work => work.Id == job.Id).Settings);
    }

    [Fact]
    public async Task Submit_GivenIdsThatLookLikeDefaults_AreNotTakenByThem()
    {
        var batch = await _farm.SubmitAsync("{\"prompt\": \"a\"}", "{\"prompt\": \"b\", \"custom_id\": \"job-1\"}", "{\"prompt\": \"c\", \"custom_id\": \"job-4\"}", "{\"prompt\": \"d\"}", "{\"prompt\": \"e\"}");
        Assert.Equal(["job-1-2", "job-1", "job-4", "job-4-2", "job-5"], (await _farm.JobsAsync(batch.Id)).Select(job => job.CustomId));
    }

    [Fact]
    public async Task Submit_Answer_IsSnakeCaseWithStatesByName()
    {
        using var response = await _farm.PostLinesAsync("{\"prompt\": \"a\"}");
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.Contains("\"state\":\"running\"", body, StringComparison.Ordinal);
        Assert.Contains("\"jobs_url\":\"/v1/batches/", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I9_SameKeyTwice_GivesTheSameBatch_AndAnotherBodyIs422()
    {
        using var first = await _farm.PostLinesAsync("{\"prompt\": \"a\"}", key: "k1");
        using var again = await _farm.PostLinesAsync("{\"prompt\": \"a\"}", key: "k1");
        using var other = await _farm.PostLinesAsync("{\"prompt\": \"b\"}", key: "k1");
        using var otherQuery = await _farm.PostLinesAsync("{\"prompt\": \"a\"}", "/v1/batches?priority=2", key: "k1");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, again.StatusCode));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity), (other.StatusCode, otherQuery.StatusCode));
    }

    [Fact]
    public async Task I9_ConcurrentDuplicates_GiveOneBatch()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _farm.PostLinesAsync("{\"prompt\": \"hold\"}", key: "k2")));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.Accepted, response.StatusCode));
        Assert.Single(responses.Select(response => response.Headers.Location).Distinct());
        Assert.Single((await _farm.GetAsync<BatchPage>("/v1/batches")).Items);
        _renderer.Release();
    }

    [Fact]
    public async Task Jobs_PagesByState_CoverAllInOrder()
    {
        var batch = await _farm.SubmitAsync(Enumerable.Range(0, 7).Select(i => $$"""{"custom_id": "{{i}}", "prompt": "{{(i % 3 == 0 ? "poison" : "fine")}}"}"""));
        await _farm.FinishedAsync(batch.Id);

        var all = await PagesAsync(batch.Id, string.Empty);
        var failed = await PagesAsync(batch.Id, "&state=failed");

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"{i}"), all.Select(job => job.CustomId));
        Assert.Equal(["0", "3", "6"], failed.Select(job => job.CustomId));
        Assert.All(failed, job => Assert.Equal(("permanent", "The prompt cannot be drawn."), (job.Error!.Kind, job.Error.Message)));
    }

    [Fact]
    public async Task List_Pages_TheNewestFirst()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await _farm.SubmitAsync("{\"prompt\": \"a\"}")).Id);
            await Task.Delay(2, Token);
        }

        var first = await _farm.GetAsync<BatchPage>("/v1/batches?limit=2");
        var second = await _farm.GetAsync<BatchPage>($"/v1/batches?limit=2&after={first.Next}");
        Assert.Equal(ids.AsEnumerable().Reverse(), first.Items.Concat(second.Items).Select(batch => batch.Id));
        Assert.Null(second.Next);
    }

    [Theory]
    [InlineData("/v1/batches/00000000-0000-0000-0000-000000000001", HttpStatusCode.NotFound)]
    [InlineData("/v1/batches/00000000-0000-0000-0000-000000000001/jobs", HttpStatusCode.NotFound)]
    [InlineData("/v1/jobs/00000000-0000-0000-0000-000000000001", HttpStatusCode.NotFound)]
    [InlineData("/v1/jobs/00000000-0000-0000-0000-000000000001/outputs/0", HttpStatusCode.NotFound)]
    [InlineData("/v1/jobs/nonsense", HttpStatusCode.NotFound)]
    [InlineData("/v1/batches?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/v1/batches?limit=many", HttpStatusCode.BadRequest)]
    [InlineData("/v1/batches/00000000-0000-0000-0000-000000000001/jobs?state=done", HttpStatusCode.BadRequest)]
    public async Task Get_WhatIsNotThere_IsAProblem(string path, HttpStatusCode status)
    {
        using var response = await _farm.Client.GetAsync(path, Token);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Cancel_BatchOfRunningAndQueuedJobs_EndsAllAndTheRunningOnesStop()
    {
        var batch = await _farm.SubmitAsync(Enumerable.Range(0, 40).Select(i => $$"""{"prompt": "hold {{i}}"}"""));
        await FarmHost.EventuallyAsync(() => _farm.BatchAsync(batch.Id), status => status.Counts.Running >= 4);

        using var response = await _farm.Client.PostAsync($"/v1/batches/{batch.Id}/cancel", null, Token);
        var status = (await response.Content.ReadFromJsonAsync<BatchStatus>(FarmJson.Options, Token))!;

        Assert.Equal((BatchState.Finished, 40), (status.State, status.Counts.Canceled));
        // The device was held by canceled jobs only: the next batch gets through without their release.
        var next = await _farm.SubmitAsync("{\"prompt\": \"free\"}");
        await _farm.FinishedAsync(next.Id);
        Assert.Empty(await PagesAsync(batch.Id, "&state=succeeded"));
    }

    [Fact]
    public async Task I8_CancelOneRunningJobOfAGroup_TheOthersAreCommitted()
    {
        var batch = await _farm.SubmitAsync(Enumerable.Range(0, 4).Select(i => $$"""{"prompt": "hold {{i}}"}"""));
        await FarmHost.EventuallyAsync(() => _farm.BatchAsync(batch.Id), status => status.Counts.Running == 4);
        var job = (await _farm.JobsAsync(batch.Id))[1];

        using var response = await _farm.Client.PostAsync($"/v1/jobs/{job.Id}/cancel", null, Token);
        var canceled = (await response.Content.ReadFromJsonAsync<JobStatus>(FarmJson.Options, Token))!;
        _renderer.Release();
        var finished = await _farm.FinishedAsync(batch.Id);

        Assert.Equal(JobState.Canceled, canceled.State);
        Assert.Equal((3, 1), (finished.Counts.Succeeded, finished.Counts.Canceled));
        Assert.Empty((await _farm.GetAsync<JobStatus>($"/v1/jobs/{job.Id}")).Outputs);
    }

    [Fact]
    public async Task Get_RunningJob_ShowsProgressOfItsStage()
    {
        var batch = await _farm.SubmitAsync("{\"prompt\": \"hold\"}");
        var job = await FarmHost.EventuallyAsync(async () => (await _farm.JobsAsync(batch.Id))[0], job => job.Progress is not null);
        Assert.Equal(new JobProgress { Stage = "stage1", Step = 1, Steps = 4 }, job.Progress);
        _renderer.Release();
    }

    [Fact]
    public async Task Get_AnotherTenantsBatch_IsUnknown()
    {
        using var response = await _farm.PostLinesAsync("{\"prompt\": \"a\"}", tenant: "acme");
        using var foreign = await _farm.Client.GetAsync(response.Headers.Location, Token);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
    }

    [Fact]
    public async Task Output_WithItsETag_IsNotSentAgain()
    {
        var batch = await _farm.SubmitAsync("{\"prompt\": \"a\"}");
        await _farm.FinishedAsync(batch.Id);
        var output = (await _farm.JobsAsync(batch.Id))[0].Outputs[0];
        using var request = new HttpRequestMessage(HttpMethod.Get, output.Url) { Headers = { IfNoneMatch = { new($"\"{output.Sha256}\"") } } };
        using var unchanged = await _farm.Client.SendAsync(request, Token);
        using var missing = await _farm.Client.GetAsync(output.Url[..^1] + "7", Token);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private async Task<IReadOnlyList<JobSummary>> PagesAsync(Guid batch, string filter)
    {
        var jobs = new List<JobSummary>();
        for (var after = "-1"; after is not null;)
        {
            var page = await _farm.GetAsync<JobPage>($"/v1/batches/{batch}/jobs?limit=2&after={after}{filter}");
            jobs.AddRange(page.Items);
            after = page.Next;
        }

        return jobs;
    }
}
