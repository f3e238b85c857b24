using Microsoft.Extensions.Time.Testing;
using RenderFarm.Cli.Demo;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Farms;
using RenderFarm.Contracts.Batches;
using Xunit;

namespace RenderFarm.Cli.Tests.Demo;

public sealed class DemoRunTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task WhileItCanAsync_FaultThatStays_EndsWithIt()
    {
        var error = await Assert.ThrowsAsync<ToolException>(() => SeenAsync((null, 5), ("store: full", 5), ("store: full", 5), ("store: full", 6), ("store: full", 0)));
        Assert.StartsWith("The farm cannot go on: store: full ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhileItCanAsync_FaultsThatPass_ShowsAllViews() =>
        Assert.Equal(4, await SeenAsync(("store: away", 14), (null, 14), ("store: away", 14), (null, 14)));

    /// <summary>How many views come through, each seen so many seconds before the next.</summary>
    private Task<int> SeenAsync(params (string? Fault, int Seconds)[] views) =>
        DemoRun.WhileItCanAsync(Views(views), _time).CountAsync(TestContext.Current.CancellationToken).AsTask();

    private async IAsyncEnumerable<BatchView> Views((string? Fault, int Seconds)[] views)
    {
        var counts = new BatchCounts { Total = 1, Queued = 1, Running = 0, Succeeded = 0, Failed = 0, Canceled = 0, Expired = 0 };
        var batch = new BatchStatus { Id = Guid.Empty, Tenant = "default", State = BatchState.Running, Counts = counts, CreatedAt = default, JobsUrl = "" };
        foreach (var (fault, seconds) in views)
        {
            yield return new BatchView(batch, null, null) { Fault = fault };
            await Task.Yield();
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }
    }
}
