using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Worker.Tests.Devices;

public sealed class DeviceFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <param name="behind">Jobs behind the one that breaks the device: one waits for company and is claimed just as it fails; of three, two wait claimed.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Failure_OfTheDevice_CountsForItsGroupGivesBackTheOthersAndStopsTheProcess(int behind)
    {
        var renderer = new TestRenderer { MaxBatch = 2 };
        var farm = await FarmHost.StartAsync(_folder.Path, [renderer]);
        var stopping = new TaskCompletionSource();
        farm.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopping.TrySetResult());
        var first = await farm.SubmitAsync("{\"prompt\": \"hold, then it breaks\"}");
        await FarmHost.EventuallyAsync(() => Task.FromResult(renderer.IsHolding), holding => holding);
        var others = await farm.SubmitAsync(Enumerable.Repeat("{\"prompt\": \"a\"}", behind));
        await FarmHost.EventuallyAsync(() => RowsAsync(others.Id),
            rows => rows.All(row => row.DispatchedAt is not null) && rows.Count(row => row.State == JobState.Running) == behind - 1);
        renderer.Release();
        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await farm.DisposeAsync();

        var broken = Assert.Single(await RowsAsync(first.Id));
        Assert.Equal((JobState.Queued, 1, "device"), (broken.State, broken.Attempts, broken.ErrorKind));
        Assert.All(await RowsAsync(others.Id), row => Assert.Equal((JobState.Queued, 0, null), (row.State, row.Attempts, row.LeaseUntil)));
    }

    [Fact]
    public async Task Failure_AtEveryAttempt_FailsTheJobAtItsLast()
    {
        var settings = new Dictionary<string, string?> { ["Database:MaxAttempts"] = "2" };
        Guid batch;
        await using (var farm = await FarmHost.StartAsync(_folder.Path, [Released()], settings))
        {
            batch = (await farm.SubmitAsync("{\"prompt\": \"breaks\"}")).Id;
            await FarmHost.EventuallyAsync(async () => (await farm.JobsAsync(batch))[0], job => job.Error is not null);
        }

        await using var next = await FarmHost.StartAsync(_folder.Path, [Released()], settings);
        await next.FinishedAsync(batch);
        var last = Assert.Single(await next.JobsAsync(batch));
        Assert.Equal((JobState.Failed, 2, "device", "The device fell off the bus."), (last.State, last.Attempts, last.Error?.Kind, last.Error?.Message));
    }

    private static TestRenderer Released()
    {
        var renderer = new TestRenderer();
        renderer.Release();
        return renderer;
    }

    private async Task<IReadOnlyList<Job>> RowsAsync(Guid batch)
    {
        using var database = new FarmDatabase(Options.Create(new PersistenceOptions { File = _folder.File("farm.db") }), TimeProvider.System);
        return await new FarmQueries(database).JobsAsync(batch, null, -1, 100, Token);
    }
}
