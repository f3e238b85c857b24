using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Telemetry;
using Xunit;

namespace RenderFarm.Worker.Tests.Previews;

public sealed class PreviewKeeperTests : IDisposable
{
    private static readonly Dictionary<string, string?> AlwaysSeen = new() { ["Rendering:PreviewInterval"] = "00:00:00.0000001", ["Database:MaxAttempts"] = "1" };
    private readonly TemporaryFolder _folder = new();
    private readonly TestRenderer _renderer = new() { Model = TestRenderer.Describe($"seen-{Guid.NewGuid():N}") };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _renderer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Previews_OfAGroup_AreEachTheirOwnJobs()
    {
        // Two jobs are a full group, and so go on the device together; more would not all be stored at once.
        using var two = new TestRenderer { MaxBatch = 2 };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [two], new Dictionary<string, string?>(AlwaysSeen) { ["Worker:CompanyWait"] = "00:00:30" });
        // Of the first group one is seen, which tells what that costs; of the second all.
        await farm.FinishedAsync((await farm.SubmitAsync(Lines("seen"))).Id);
        var batch = await farm.SubmitAsync(Lines("seen, hold"));
        await KeysAsync(farm, count: 2);

        foreach (var job in await farm.JobsAsync(batch.Id))
            Assert.Equal(TestRenderer.DrawUnfinished(job.Seed, 1), await farm.Client.GetByteArrayAsync(job.Preview!.Url, Token));
        Assert.Equal([2, 2], two.Groups);
        two.Release();
        await farm.FinishedAsync(batch.Id);
        await KeysAsync(farm, count: 0);
    }

    [Theory]
    [InlineData("seen, hold", JobState.Succeeded)]
    [InlineData("seen, hold, poison", JobState.Failed)]
    [InlineData("seen, hold, flaky at its last attempt", JobState.Failed)]
    [InlineData("seen, hold, it breaks at its last attempt", JobState.Failed)]
    public async Task Preview_OfAJobThatEnds_IsDeleted(string prompt, JobState end)
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen);
        var batch = await SeenAsync(farm, prompt);
        _renderer.Release();
        await farm.FinishedAsync(batch.Id);

        Assert.Equal(end, Assert.Single(await farm.JobsAsync(batch.Id)).State);
        await KeysAsync(farm, count: 0);
    }

    [Fact]
    public async Task Preview_OfAJobThatIsCanceled_IsDeleted()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen);
        var batch = await SeenAsync(farm, "seen, hold");
        using var answer = await farm.Client.PostAsync($"/v1/batches/{batch.Id}/cancel", null, Token);
        Assert.True(answer.IsSuccessStatusCode);

        Assert.Equal(1, (await farm.FinishedAsync(batch.Id)).Counts.Canceled);
        await KeysAsync(farm, count: 0);
    }

    [Fact]
    public async Task Preview_OfAnAttemptThatWasFenced_TouchesNothingOfTheNewOne()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], new Dictionary<string, string?>(AlwaysSeen) { ["Database:MaxAttempts"] = "5" });
        var batch = await SeenAsync(farm, "seen, hold");
        var status = Assert.Single(await farm.JobsAsync(batch.Id));
        // Another worker has the job by now, and a preview of its own.
        var leases = farm.Services.GetRequiredService<JobLeases>();
        var job = Assert.Single(await leases.ClaimAsync("another", status.Model, [new(status.Id, TakeOver: true)], TimeSpan.FromMinutes(5), Token));
        var previews = farm.Services.GetRequiredService<PreviewStore>();
        var preview = new NewPreview(1, "stage1", 1, 4, TestRenderer.DrawUnfinished(99, 1));
        await previews.KeepAsync(PreviewStore.KeyOf(job, preview), preview, Token);

        // The first worker learns of it at its next heartbeat, and takes away what is its own.
        Assert.Equal([PreviewStore.KeyOf(job, preview)], await KeysAsync(farm, count: 1));
        Assert.Equal(TestRenderer.DrawUnfinished(99, 1), await farm.Client.GetByteArrayAsync($"/v1/jobs/{status.Id}/preview", Token));
        await farm.Services.GetRequiredService<JobResults>().ReportFailureAsync(new(job.Id, job.Epoch), new() { Kind = "permanent", Message = "Enough." }, retry: false, Token);
    }

    [Theory]
    [InlineData(false, "store")]
    [InlineData(true, "busy")]
    public async Task Previews_OfAStoreThatFailsOrHangs_AreDroppedAndTheJobIsDone(bool hangs, string reason)
    {
        var dropped = new List<string?>();
        using var listener = Listen(dropped);
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen,
            services => services.AddSingleton<IObjectStore>(provider => new NoPreviews(provider.GetRequiredService<IOptions<StoreOptions>>(), hangs)));
        var batch = await farm.SubmitAsync("{\"prompt\": \"seen, slow\"}");

        var finished = await farm.FinishedAsync(batch.Id);

        Assert.Equal((1, 0), (finished.Counts.Succeeded, finished.Counts.Failed));
        Assert.Equal(1, Assert.Single(await farm.JobsAsync(batch.Id)).Attempts);
        Assert.DoesNotContain(await AllKeysAsync(farm), key => key.Contains("preview", StringComparison.Ordinal));
        // One may fall due while the one before is still being encoded, and is then dropped for that.
        lock (dropped) Assert.All(dropped, drop => Assert.Contains(drop, (string?[])[reason, "busy"]));
        lock (dropped) Assert.Contains(reason, dropped);
    }

    [Fact]
    public async Task Previews_OfAGroupOfWhichNoneIsStoredYet_AreTwoAtATimeAndTheOthersAreDropped()
    {
        var dropped = new List<string?>();
        using var listener = Listen(dropped);
        NoPreviews? store = null;
        using var three = new TestRenderer { Model = _renderer.Model, MaxBatch = 3 };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [three], new Dictionary<string, string?>(AlwaysSeen) { ["Worker:CompanyWait"] = "00:00:30" },
            services => services.AddSingleton<IObjectStore>(provider => store = new(provider.GetRequiredService<IOptions<StoreOptions>>(), hangs: true)));
        var batch = await farm.SubmitAsync(Enumerable.Repeat("{\"prompt\": \"seen, slow\"}", 3));

        Assert.Equal(3, (await farm.FinishedAsync(batch.Id)).Counts.Succeeded);
        Assert.Equal([3], three.Groups);
        Assert.InRange(store!.Asked, 1, 2);
        lock (dropped) Assert.Contains("busy", dropped);
    }

    [Fact]
    public async Task Preview_WhoseOlderOneCannotBeDeleted_IsKept()
    {
        var dropped = new List<string?>();
        using var listener = Listen(dropped);
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen,
            services => services.AddSingleton<IObjectStore>(provider => new NoDeletes(provider.GetRequiredService<IOptions<StoreOptions>>())));
        var batch = await farm.SubmitAsync("{\"prompt\": \"seen, slow\"}");

        Assert.Equal(1, (await farm.FinishedAsync(batch.Id)).Counts.Succeeded);
        Assert.True((await AllKeysAsync(farm)).Count(key => key.Contains("preview", StringComparison.Ordinal)) > 1);
        lock (dropped) Assert.DoesNotContain("store", dropped);
    }

    [Fact]
    public async Task Stop_WhilePreviewsAreDeleted_WaitsForThat()
    {
        SlowDeletes? store = null;
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen,
            services => services.AddSingleton<IObjectStore>(provider => store = new(provider.GetRequiredService<IOptions<StoreOptions>>())));
        await SeenAsync(farm, "seen, hold");
        var stop = Assert.Single(farm.Services.GetRequiredService<IReadOnlyList<RenderDevice>>()).StopAsync();

        await store!.Begun.WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.False(stop.IsCompleted);
        store.Release();
        await stop.WaitAsync(TimeSpan.FromSeconds(60), Token);
        await KeysAsync(farm, count: 0);
    }

    [Fact]
    public async Task Previews_ThatTheDeviceCannotMake_AreDroppedAndTheJobIsDone()
    {
        using var blind = new TestRenderer { CanLook = false };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [blind], AlwaysSeen);
        var batch = await farm.SubmitAsync("{\"prompt\": \"seen\"}", "{\"prompt\": \"seen, too\"}");

        Assert.Equal(2, (await farm.FinishedAsync(batch.Id)).Counts.Succeeded);
        Assert.Equal(2, blind.Groups.Sum());
    }

    [Fact]
    public async Task Previews_ThatAreOff_AreNotMade()
    {
        var dropped = new List<string?>();
        using var listener = Listen(dropped);
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], new Dictionary<string, string?> { ["Rendering:PreviewInterval"] = "00:00:00" });
        var batch = await farm.SubmitAsync("{\"prompt\": \"seen, hold\"}");
        await FarmHost.EventuallyAsync(() => Task.FromResult(_renderer.IsHolding), holds => holds);

        Assert.Null(Assert.Single(await farm.JobsAsync(batch.Id)).Preview);
        _renderer.Release();
        await farm.FinishedAsync(batch.Id);
        lock (dropped) Assert.Empty(dropped);
    }

    [Fact]
    public async Task PreviewInterval_ThatIsNone_IsRefusedAtStart()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            FarmHost.StartAsync(_folder.Path, [_renderer], new Dictionary<string, string?> { ["Rendering:PreviewInterval"] = "2" }));

        Assert.Contains("Rendering:PreviewInterval is 2.00:00:00; expected is 00:00:00 (no previews) to 01:00:00, such as 00:00:02", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(string prompt) => new[] { 11, 12 }.Select(seed => $"{{\"prompt\": \"{prompt}\", \"custom_id\": \"{seed}\", \"seed\": {seed}}}");

    private static async Task<BatchStatus> SeenAsync(FarmHost farm, string prompt)
    {
        var batch = await farm.SubmitAsync($"{{\"prompt\": \"{prompt}\"}}");
        await KeysAsync(farm, count: 1);
        return batch;
    }

    private static Task<List<string>> KeysAsync(FarmHost farm, int count) => FarmHost.EventuallyAsync(
        async () => (await AllKeysAsync(farm)).FindAll(key => key.Contains("preview", StringComparison.Ordinal)), keys => keys.Count == count, TimeSpan.FromSeconds(60));

    private static async Task<List<string>> AllKeysAsync(FarmHost farm) =>
        await farm.Services.GetRequiredService<IObjectStore>().ListAsync(string.Empty, Token).Select(item => item.Key).ToListAsync(Token);

    /// <summary>Notes why previews of this test's model are dropped.</summary>
    private MeterListener Listen(List<string?> dropped)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == WorkerMetrics.MeterName && instrument.Name == "renderfarm.previews.dropped")
                    own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var noted = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value as string);
            if (noted["renderfarm.model"] == _renderer.Model.Name)
                lock (dropped)
                    dropped.Add(noted["renderfarm.reason"]);
        });
        listener.Start();
        return listener;
    }
}
