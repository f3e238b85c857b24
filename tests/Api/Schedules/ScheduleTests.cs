using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Api.Batches;
using RenderFarm.Api.Schedules;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Schedules;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Schedules;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Schedules;

public sealed class ScheduleTests : IDisposable
{
    private const string Batch = """{"priority": 3, "jobs": [{"prompt": "a", "seed": 1}, {"prompt": "b"}]}""";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly TemporaryFolder _folder = new();
    private readonly MovedClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Schedule_OfOneTime_IsSubmittedThenAndNeverAgain()
    {
        await using var farm = await StartAsync();
        var at = (_clock.GetUtcNow() + Day).ToOffset(TimeSpan.FromHours(2));
        var created = await CreateAsync(farm, $$"""{"name": "tomorrow", "at": "{{at:yyyy-MM-dd'T'HH:mm:sszzz}}", "batch": {{Batch}}}""");
        Assert.Equal(("tomorrow", null, at.ToUnixTimeSeconds()), (created.Name, created.Cron, created.NextAt!.Value.ToUnixTimeSeconds()));

        _clock.Move(Day);
        var done = await DoneAsync(farm, created.Id);
        Assert.Equal((null, created.NextAt, null), (done.NextAt, done.LastAt, done.LastError));
        var batch = await farm.GetAsync<BatchStatus>(done.LastBatchUrl!);
        Assert.Equal(2, (await farm.FinishedAsync(batch.Id)).Counts.Succeeded);
        Assert.Equal([3, 3], (await farm.JobsAsync(batch.Id)).Select(job => job.Priority));

        _clock.Move(Day);
        await RunAsync(farm);
        Assert.Single(await BatchesAsync(farm));
    }

    [Fact]
    public async Task Schedule_ThatRecurs_MakesABatchEachTimeAndOneForThoseMissed()
    {
        await using var farm = await StartAsync();
        var schedule = await CreateAsync(farm, $$"""{"cron": "0 3 * * *", "time_zone": "Europe/Berlin", "batch": {{Batch}}}""");
        Assert.Equal("Europe/Berlin", schedule.TimeZone);
        var expected = Due.Again("0 3 * * *", "Europe/Berlin");
        var first = schedule.NextAt!.Value;

        _clock.Move(first - _clock.GetUtcNow());
        schedule = await DoneAsync(farm, schedule.Id);
        Assert.Equal((first, expected.After(first)), (schedule.LastAt, schedule.NextAt));

        var second = schedule.NextAt!.Value;
        _clock.Move(second - _clock.GetUtcNow() + (3 * Day));
        schedule = await FarmHost.EventuallyAsync(() => GetAsync(farm, schedule.Id), status => status.LastAt != first);
        Assert.Equal((second, expected.After(_clock.GetUtcNow())), (schedule.LastAt, schedule.NextAt));
        await RunAsync(farm);
        Assert.Equal(2, (await BatchesAsync(farm)).Count);
    }

    [Fact]
    public async Task I9_Schedule_RunByManyAtOnceAndAfterACrash_IsSubmittedOnce()
    {
        await using var farm = await StartAsync();
        var schedule = await CreateAsync(farm, $$"""{"cron": "0 3 * * *", "batch": {{Batch}}}""");
        var store = farm.Services.GetRequiredService<ScheduleStore>();
        for (var round = 1; round <= 3; round++)
        {
            // As a process does that is killed before it has noted the batch.
            var due = (await store.FindAsync("default", schedule.Id, Token))!;
            var orphan = await farm.Services.GetRequiredService<BatchSubmission>().TakeAsync(ScheduledBatch.Of(due), Token);
            _clock.Move(due.NextAt!.Value - _clock.GetUtcNow());
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => RunAsync(farm))));

            var status = await FarmHost.EventuallyAsync(() => GetAsync(farm, schedule.Id), status => status.LastAt == due.NextAt);
            Assert.Equal($"/v1/batches/{orphan.BatchId}", status.LastBatchUrl);
            Assert.Equal(round, (await BatchesAsync(farm)).Count);
        }
    }

    [Fact]
    public async Task I2_Schedule_DueWhileTheFarmWasDown_IsSubmittedByItsNextRun()
    {
        ScheduleStatus schedule;
        await using (var farm = await StartAsync())
            schedule = await CreateAsync(farm, $$"""{"at": "{{_clock.GetUtcNow() + Day:yyyy-MM-dd'T'HH:mm:ssK}}", "batch": {{Batch}}}""");
        _clock.Move(2 * Day);
        await using var again = await StartAsync();
        var done = await DoneAsync(again, schedule.Id);
        Assert.Equal(schedule.NextAt, done.LastAt);
        Assert.Equal(2, (await again.FinishedAsync(Assert.Single(await BatchesAsync(again)).Id)).Counts.Succeeded);
    }

    [Fact]
    public async Task Schedule_WhoseBatchIsRefusedWhenDue_SaysWhyAndGoesOn()
    {
        ScheduleStatus schedule;
        await using (var farm = await StartAsync())
            schedule = await CreateAsync(farm, $$"""{"cron": "0 * * * *", "batch": {{Batch}}}""");
        _clock.Move(Day);
        await using var strict = await StartAsync(new() { ["Intake:MaxJobs"] = "1" });
        var done = await FarmHost.EventuallyAsync(() => GetAsync(strict, schedule.Id), status => status.LastAt is not null);
        Assert.Contains("more than 1 jobs", done.LastError, StringComparison.Ordinal);
        Assert.Null(done.LastBatchUrl);
        Assert.True(done.NextAt > _clock.GetUtcNow() - TimeSpan.FromHours(1));
        Assert.Empty(await BatchesAsync(strict));
    }

    [Fact]
    public async Task Schedules_AreListedAndDeletedByTheirTenantAlone()
    {
        await using var farm = await StartAsync();
        var first = await CreateAsync(farm, $$"""{"name": "first", "cron": "0 3 * * *", "batch": {{Batch}}}""");
        var second = await CreateAsync(farm, $$"""{"name": "second", "cron": "0 4 * * *", "batch": {{Batch}}}""");
        var page = await farm.GetAsync<SchedulePage>("/v1/schedules?limit=1");
        Assert.Equal("second", Assert.Single(page.Items).Name);
        Assert.Equal("first", Assert.Single((await farm.GetAsync<SchedulePage>($"/v1/schedules?limit=1&after={page.Next}")).Items).Name);
        Assert.Equal("UTC", second.TimeZone);

        using var foreign = new HttpRequestMessage(HttpMethod.Delete, $"/v1/schedules/{first.Id}") { Headers = { { "X-Tenant", "else" } } };
        using var refused = await farm.Client.SendAsync(foreign, Token);
        using var deleted = await farm.Client.DeleteAsync($"/v1/schedules/{first.Id}", Token);
        using var gone = await farm.Client.DeleteAsync($"/v1/schedules/{first.Id}", Token);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NoContent, HttpStatusCode.NotFound), (refused.StatusCode, deleted.StatusCode, gone.StatusCode));

        _clock.Move(Day);
        await DoneAsync(farm, second.Id);
        Assert.Single(await BatchesAsync(farm));
    }

    public static TheoryData<string, string?, string> Bad => new()
    {
        { "[]", null, "A schedule is an object" },
        { "{\"cron\": \"* * * * *\"", null, "Invalid JSON" },
        { $$"""{"batch": {{Batch}}}""", "at", "Neither 'at' nor 'cron' is given" },
        { $$"""{"at": "2999-01-01T00:00:00Z", "cron": "* * * * *", "batch": {{Batch}}}""", "cron", "Both 'at' and 'cron' are given" },
        { $$"""{"at": "2020-01-01T00:00:00Z", "batch": {{Batch}}}""", "at", "'at' is 2020-01-01T00:00:00Z, and it is" },
        { $$"""{"at": "2999-01-01T00:00:00", "batch": {{Batch}}}""", "at", "give a time with its offset" },
        { $$"""{"at": "tomorrow", "batch": {{Batch}}}""", "at", "'at' is 'tomorrow'; give a time with its offset" },
        { $$"""{"at": "2999-01-01T00:00:00Z", "time_zone": "Europe/Berlin", "batch": {{Batch}}}""", "time_zone", "'time_zone' is for 'cron'" },
        { $$"""{"cron": "61 * * * *", "batch": {{Batch}}}""", "cron", "'cron' is '61 * * * *': " },
        { $$"""{"cron": "* * *", "batch": {{Batch}}}""", "cron", "Give minute, hour, day of month, month and day of week" },
        { $$"""{"cron": "0 0 30 2 *", "batch": {{Batch}}}""", "cron", "which never comes" },
        { $$"""{"cron": "* * * * *", "time_zone": "Mars/Olympus", "batch": {{Batch}}}""", "time_zone", "'time_zone' is 'Mars/Olympus', which is not known here" },
        { $$"""{"cron": 5, "batch": {{Batch}}}""", "cron", "'cron' is a number; give a text." },
        { $$"""{"cron": "* * * * *", "every": "day", "batch": {{Batch}}}""", "every", "Unknown field 'every'; known are name, at, cron, time_zone, batch." },
        { """{"cron": "* * * * *"}""", "batch", "'batch' is missing" },
        { """{"cron": "* * * * *", "batch": 7}""", "batch.jobs", "A batch is an object with an array 'jobs'" },
        { """{"cron": "* * * * *", "batch": {"jobs": [{"prompt": "a"}, {"prompt": " "}]}}""", "batch.jobs[1].prompt", "'prompt' is empty" },
        { """{"cron": "* * * * *", "batch": {"model": "nobody's", "jobs": [{"prompt": "a"}]}}""", "batch.jobs[0].model", "Unknown model 'nobody's'" },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public async Task Create_BadSchedule_IsRefusedWithFieldAndReason(string body, string? field, string reason)
    {
        await using var farm = await StartAsync();
        using var response = await PostAsync(farm, body);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = problem.RootElement.GetProperty("errors")[0];
        Assert.Equal(field, error.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.Contains(reason, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty((await farm.GetAsync<SchedulePage>("/v1/schedules")).Items);
    }

    [Fact]
    public async Task Create_TooLarge_Is413()
    {
        await using var farm = await StartAsync(new() { ["Schedules:MaxBytes"] = "1024" });
        using var response = await PostAsync(farm, $$"""{"cron": "* * * * *", "batch": {"jobs": [{"prompt": "{{new string('a', 1024)}}"}] } }""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private Task<FarmHost> StartAsync(Dictionary<string, string?>? settings = null) =>
        FarmHost.StartAsync(_folder.Path, settings: settings, services: services => services.AddSingleton<TimeProvider>(_clock));

    private static async Task<HttpResponseMessage> PostAsync(FarmHost farm, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await farm.Client.PostAsync("/v1/schedules", content, Token);
    }

    private static async Task<ScheduleStatus> CreateAsync(FarmHost farm, string body)
    {
        using var response = await PostAsync(farm, body);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Token));
        return await farm.GetAsync<ScheduleStatus>(response.Headers.Location!.ToString());
    }

    private static Task<ScheduleStatus> GetAsync(FarmHost farm, Guid id) => farm.GetAsync<ScheduleStatus>($"/v1/schedules/{id}");

    /// <summary>Waits for the farm's own recurring work to do it.</summary>
    private static Task<ScheduleStatus> DoneAsync(FarmHost farm, Guid id) => FarmHost.EventuallyAsync(() => GetAsync(farm, id), schedule => schedule.LastBatchUrl is not null);

    /// <summary>A run as another process does it.</summary>
    private static async Task RunAsync(FarmHost farm)
    {
        using var runner = ActivatorUtilities.CreateInstance<ScheduleRunner>(farm.Services);
        await runner.RunAsync(Token);
    }

    private static async Task<IReadOnlyList<BatchStatus>> BatchesAsync(FarmHost farm) => (await farm.GetAsync<BatchPage>("/v1/batches")).Items;
}
