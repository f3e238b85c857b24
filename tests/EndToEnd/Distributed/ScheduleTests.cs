using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Schedules;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class ScheduleTests
{
    private const int Schedules = 12;

    [Fact]
    public async Task I9_Schedules_OfTwoApisOnOneDatabase_MakeOneBatchEach()
    {
        // Or a message that the killed one was about to send would be missed for half a minute.
        var (farm, _) = await DistributedFarm.StartAsync(1, ("Dispatch__SendTimeout", "00:00:05"));
        await using var running = farm;
        var other = farm.StartApi();
        await farm.ReadyAsync(other);
        // Both are at it at the same time when the first ones fall due, and one is killed in the midst.
        var at = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20);
        for (var number = 0; number < Schedules; number++)
            await farm.PostAsync<ScheduleStatus>("v1/schedules", $$"""{"at": "{{at:yyyy-MM-dd'T'HH:mm:ss.fffK}}", "batch": {"jobs": [{"prompt": "a circle {{number}}"}]} }""");
        await farm.EventuallyAsync(DoneAsync, done => done.Count > 0);
        await other.KillAsync();

        var batches = (await farm.EventuallyAsync(DoneAsync, done => done.Count == Schedules)).Select(schedule => schedule.LastBatchUrl!).Order();
        Assert.Equal((await farm.GetAsync<BatchPage>("v1/batches")).Items.Select(batch => $"/v1/batches/{batch.Id}").Order(), batches);
        foreach (var batch in (await farm.GetAsync<BatchPage>("v1/batches")).Items)
            await farm.AssertAllSucceedAsync(batch.Id);

        async Task<List<ScheduleStatus>> DoneAsync() => [.. (await farm.GetAsync<SchedulePage>("v1/schedules")).Items.Where(schedule => schedule.LastBatchUrl is not null)];
    }
}
