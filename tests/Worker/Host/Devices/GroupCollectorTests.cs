using Microsoft.Extensions.Time.Testing;
using RenderFarm.Worker.Devices;
using Xunit;

namespace RenderFarm.Worker.Tests.Devices;

public sealed class GroupCollectorTests
{
    private static readonly TimeSpan Company = TimeSpan.FromMilliseconds(50);
    private static readonly Task Idle = Task.CompletedTask;
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _busy = new();
    private readonly GroupCollector _collector;

    public GroupCollectorTests() => _collector = new(Company, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Take_FullGroup_GoesWithoutWaiting()
    {
        var prompts = Add("a", "a", "a");
        Assert.Equal(prompts.Take(2), await _collector.TakeAsync(2, _busy.Task, Token));
    }

    [Fact]
    public async Task Take_DifferentSettings_AreNotMixed()
    {
        var prompts = Add("a", "b", "a");
        Assert.Equal([prompts[0], prompts[2]], await _collector.TakeAsync(2, Idle, Token));
        _time.Advance(Company);
        Assert.Equal([prompts[1]], await _collector.TakeAsync(2, Idle, Token));
    }

    [Fact]
    public async Task Take_IdleDevice_WaitsTheSetTimeForCompanyAndNoLonger()
    {
        var prompts = Add("a");
        var taking = _collector.TakeAsync(4, Idle, Token);
        _time.Advance(Company - TimeSpan.FromMilliseconds(1));
        Assert.False(taking.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(prompts, await taking);
    }

    [Fact]
    public async Task Take_BusyDevice_CollectsUntilItIsIdle()
    {
        var first = Add("a");
        var taking = _collector.TakeAsync(4, _busy.Task, Token);
        _time.Advance(Company * 10);
        var second = Add("a");
        Assert.False(taking.IsCompleted);
        _busy.SetResult();
        Assert.Equal([.. first, .. second], await taking);
    }

    [Fact]
    public async Task Take_DeviceThatFallsIdleBetweenChoiceAndWaiting_GetsTheGroup()
    {
        var time = new InterruptedTime();
        var collector = new GroupCollector(Company, time);
        var prompt = new QueuedPrompt(Guid.NewGuid(), "a", false, time.GetUtcNow());
        collector.Add(prompt);
        time.Advance(Company);
        time.Looked = () => _busy.TrySetResult();

        Assert.Equal([prompt], await collector.TakeAsync(4, _busy.Task, Token).WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task Take_OldestWaitedLong_FullGroupsBehindItDoNotOvertake()
    {
        var lonely = Add("rare");
        _time.Advance(Company);
        Add("common", "common");
        Assert.Equal(lonely, await _collector.TakeAsync(2, Idle, Token));
    }

    [Fact]
    public async Task Take_Stopped_ThrowsAndTheRestIsDrained()
    {
        using var stop = new CancellationTokenSource();
        var prompts = Add("a");
        var taking = _collector.TakeAsync(4, _busy.Task, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        Assert.Equal(prompts, _collector.Drain());
    }

    private List<QueuedPrompt> Add(params string[] compatibilities)
    {
        var prompts = compatibilities.Select(key => new QueuedPrompt(Guid.NewGuid(), key, false, _time.GetUtcNow())).ToList();
        prompts.ForEach(_collector.Add);
        return prompts;
    }

    /// <summary>A clock in whose reading, which is part of the choice, something else happens.</summary>
    private sealed class InterruptedTime : FakeTimeProvider
    {
        public Action Looked { get; set; } = () => { };

        public override DateTimeOffset GetUtcNow()
        {
            Looked();
            return base.GetUtcNow();
        }
    }
}
