using Microsoft.Extensions.Time.Testing;
using RenderFarm.Persistence.Storage;
using RenderFarm.Worker.Delivery;
using Xunit;

namespace RenderFarm.Worker.Tests.Delivery;

public sealed class RetryingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Retrying _retrying;
    private int _tries;

    public RetryingTests() => _retrying = new(3, TimeSpan.FromSeconds(1), _time);

    [Fact]
    public async Task Run_OutageLongerThanTheTries_WaitsUntilItIsOver()
    {
        var running = _retrying.RunAsync(() => Fails(50, new StoreException("away")), CancellationToken.None);
        await AdvanceAsync(running);
        Assert.Equal(51, await running);
    }

    [Fact]
    public async Task Run_OutageWhileStopping_EndsWithTheTries()
    {
        var running = _retrying.RunAsync(() => Fails(50, new StoreException("away")), new CancellationToken(canceled: true));
        await AdvanceAsync(running);
        await Assert.ThrowsAsync<StoreException>(() => running);
        Assert.Equal(3, _tries);
    }

    [Fact]
    public async Task Run_StoppedWhileItWaitsForAnOutageToEnd_EndsAtOnce()
    {
        using var stop = new CancellationTokenSource();
        var running = _retrying.RunAsync(() => Fails(1000, new StoreException("away")), stop.Token);
        while (Volatile.Read(ref _tries) < 20)
            _time.Advance(TimeSpan.FromSeconds(5));
        await stop.CancelAsync();
        await Assert.ThrowsAsync<StoreException>(() => running);
    }

    [Fact]
    public async Task Run_AnyOtherError_EndsWithTheTries()
    {
        var running = _retrying.RunAsync(() => Fails(50, new InvalidOperationException("broken")), CancellationToken.None);
        await AdvanceAsync(running);
        await Assert.ThrowsAsync<InvalidOperationException>(() => running);
        Assert.Equal(3, _tries);
    }

    private Task<int> Fails(int times, Exception error) => Interlocked.Increment(ref _tries) <= times ? Task.FromException<int>(error) : Task.FromResult(_tries);

    private async Task AdvanceAsync(Task running)
    {
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
    }
}
