using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RenderFarm.Contracts.Batches;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Telemetry;

public sealed class TraceTests : IDisposable
{
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "MassTransit", "RenderFarm.Api", "RenderFarm.Worker"];
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<Activity> _activities = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Trace_TwoBatchesRenderedTogether_EachIsOneTraceFromPostToCommit()
    {
        using var listener = Listen(Sources);
        await using var farm = await FarmHost.StartAsync(_folder.Path, settings: new Dictionary<string, string?> { ["Worker:CompanyWait"] = "00:00:01" });
        var batches = new List<BatchStatus> { await farm.SubmitAsync("{\"prompt\": \"a\"}", "{\"prompt\": \"b\"}"), await farm.SubmitAsync("{\"prompt\": \"c\"}") };
        foreach (var batch in batches)
            await farm.FinishedAsync(batch.Id);

        var traces = new List<ActivityTraceId>();
        foreach (var batch in batches)
            foreach (var job in await farm.JobsAsync(batch.Id))
            {
                var steps = await FarmHost.EventuallyAsync(() => Task.FromResult(Steps(job.Id)), steps => steps.Count == 4);
                Assert.Equal(["claim", "render", "store", "commit"], steps.Select(step => step.OperationName));
                Assert.All(steps, step => Assert.Equal([batch.Id.ToString(), "1"], new[] { "renderfarm.batch", "renderfarm.attempt" }.Select(tag => $"{step.GetTagItem(tag)}")));
                Assert.All(steps, step => AssertReachesPost(step));
                traces.Add(steps[0].TraceId);
            }

        Assert.Equal((traces[0], 2), (traces[1], traces.Distinct().Count()));
    }

    [Fact]
    public async Task Trace_BusIsNotListenedTo_StillReachesFromPostToCommit()
    {
        using var listener = Listen("Microsoft.AspNetCore", "RenderFarm.Worker");
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var batch = await farm.SubmitAsync("{\"prompt\": \"a\"}");
        await farm.FinishedAsync(batch.Id);
        var job = (await farm.JobsAsync(batch.Id))[0];
        Assert.All(await FarmHost.EventuallyAsync(() => Task.FromResult(Steps(job.Id)), steps => steps.Count == 4), AssertReachesPost);
    }

    [Fact]
    public async Task Log_AboutAJob_CarriesBatchJobAndAttempt()
    {
        var log = new ScopeLog();
        await using var farm = await FarmHost.StartAsync(_folder.Path, services: services => services.AddSingleton<ILoggerProvider>(log));
        var batch = await farm.SubmitAsync("{\"prompt\": \"flaky\"}");
        await farm.FinishedAsync(batch.Id);
        var job = (await farm.JobsAsync(batch.Id))[0];

        var scope = Assert.Single(log.Entries, entry => entry.Text.Contains("attempt 1 failed", StringComparison.Ordinal)).Scope;
        Assert.Equal((batch.Id, job.Id, 1), (scope["BatchId"], scope["JobId"], scope["Attempt"]));
    }

    private List<Activity> Steps(Guid job) =>
        [.. _activities.Where(activity => activity.Source.Name == "RenderFarm.Worker" && Equals(activity.GetTagItem("renderfarm.job"), job))];

    /// <summary>Follows the parents up to the request that submitted the batch.</summary>
    private void AssertReachesPost(Activity step)
    {
        var known = _activities.Where(activity => activity.TraceId == step.TraceId).ToDictionary(activity => activity.SpanId);
        var top = step;
        while (known.TryGetValue(top.ParentSpanId, out var parent))
            top = parent;
        Assert.Equal("Microsoft.AspNetCore", top.Source.Name);
    }

    private ActivityListener Listen(params string[] sources)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class ScopeLog : ILoggerProvider, ILogger
    {
        private readonly AsyncLocal<IReadOnlyDictionary<string, object>?> _scope = new();

        public ConcurrentQueue<(string Text, IReadOnlyDictionary<string, object> Scope)> Entries { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            if (state is IReadOnlyDictionary<string, object> scope)
                _scope.Value = scope;
            return null;
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue((formatter(state, exception), _scope.Value ?? new Dictionary<string, object>()));

        public void Dispose() { }
    }
}
