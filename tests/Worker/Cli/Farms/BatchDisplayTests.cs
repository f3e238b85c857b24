using RenderFarm.Cli.Farms;
using RenderFarm.Contracts.Batches;
using Xunit;

namespace RenderFarm.Cli.Tests.Farms;

public sealed class BatchDisplayTests
{
    [Fact]
    public void Line_InTheMiddle_TellsQueueGroupAndTime()
    {
        var view = View(queued: 8, running: 8, succeeded: 7, failed: 1) with
        {
            Now = new GroupProgress("stage2", 2, 3, 3, 8), Left = TimeSpan.FromSeconds(40),
        };

        Assert.Equal("queued 8, running 8, done 7 of 24, not drawn 1; stage 2 of 3 (stage2), step 3 of 8; about 40 s left", BatchDisplay.Line(view));
    }

    [Fact]
    public void Line_FarmThatWaits_SaysForWhat() =>
        Assert.EndsWith("; the farm waits: store: full", BatchDisplay.Line(View(1, 0, 0, 0) with { Fault = "store: full" }), StringComparison.Ordinal);

    [Fact]
    public void Line_Finished_TellsCountsAlone() =>
        Assert.Equal("queued 0, running 0, done 24 of 24", BatchDisplay.Line(View(0, 0, 24, 0) with { Left = TimeSpan.Zero }));

    private static BatchView View(int queued, int running, int succeeded, int failed)
    {
        var counts = new BatchCounts
        {
            Total = queued + running + succeeded + failed, Queued = queued, Running = running, Succeeded = succeeded, Failed = failed, Canceled = 0, Expired = 0,
        };
        return new BatchView(new BatchStatus { Id = Guid.Empty, Tenant = "default", State = BatchState.Running, Counts = counts, CreatedAt = default, JobsUrl = "" }, null, null);
    }
}
