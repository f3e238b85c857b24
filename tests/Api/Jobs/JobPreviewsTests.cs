using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RenderFarm.Api.Jobs;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using Xunit;

namespace RenderFarm.Api.Tests.Jobs;

public sealed class JobPreviewsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListedStore _store = new();
    private readonly NotedLog _log = new();
    private readonly JobPreviews _previews;

    public JobPreviewsTests() => _previews = new(new PreviewStore(_store), _time, _log);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_AnAttemptAskedForOften_AsksTheStoreOnceASecond()
    {
        var job = NewJob();
        for (var poll = 0; poll < 5; poll++)
            await _previews.OfAsync(job, Token);
        Assert.Equal(1, _store.Listed);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _previews.OfAsync(job, Token);
        Assert.Equal(2, _store.Listed);
        job.Epoch++;
        await _previews.OfAsync(job, Token);
        await _previews.OfAsync(NewJob(), Token);
        Assert.Equal(4, _store.Listed);
    }

    [Theory]
    [InlineData(JobState.Queued)]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Canceled)]
    public async Task Of_AJobThatDoesNotRun_AsksNothing(JobState state)
    {
        var job = NewJob();
        job.State = state;

        Assert.Null(await _previews.OfAsync(job, Token));
        Assert.Equal(0, _store.Listed);
    }

    [Fact]
    public async Task Of_MoreAttemptsThanAreRemembered_AnswersThemAll()
    {
        for (var count = 0; count < 2500; count++)
            Assert.Null(await _previews.OfAsync(NewJob(), Token));
        Assert.Equal(2500, _store.Listed);
    }

    [Fact]
    public async Task Of_AStoreThatGoesAndComesBack_RestsItAndSaysEachOnce()
    {
        _store.IsAway = true;
        for (var poll = 0; poll < 5; poll++)
            Assert.Null(await _previews.OfAsync(NewJob(), Token));
        _time.Advance(TimeSpan.FromSeconds(5));
        for (var poll = 0; poll < 5; poll++)
            Assert.Null(await _previews.OfAsync(NewJob(), Token));
        Assert.Equal(2, _store.Listed);
        Assert.Equal((LogLevel.Warning, true), (Assert.Single(_log.Entries).Level, _log.Entries[0].Text.Contains("The store is away.", StringComparison.Ordinal)));

        _store.IsAway = false;
        _time.Advance(TimeSpan.FromSeconds(5));
        for (var poll = 0; poll < 5; poll++)
            await _previews.OfAsync(NewJob(), Token);
        Assert.Equal(7, _store.Listed);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Entries.Select(entry => entry.Level));
        Assert.All(_log.Entries, entry => Assert.Null(entry.Exception));
    }

    private static Job NewJob() => new()
    {
        Id = Guid.NewGuid(),
        BatchId = Guid.NewGuid(),
        Tenant = "default",
        CustomId = "a",
        Model = "test",
        Prompt = "a star",
        Settings = "{}",
        Compatibility = "test",
        State = JobState.Running,
        Epoch = 1,
    };

    /// <summary>A store with nothing in it that counts how often it is asked for that.</summary>
    private sealed class ListedStore : IObjectStore
    {
        private int _listed;

        public int Listed => _listed;

        public bool IsAway { get; set; }

        public async IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _listed);
            await Task.Yield();
            if (IsAway)
                throw new StoreException("The store is away.");
            yield break;
        }

        public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<string> PrepareAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task CheckAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();
    }

    private sealed class NotedLog : ILogger<JobPreviews>
    {
        public List<(LogLevel Level, string Text, Exception? Exception)> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Add((logLevel, formatter(state, exception), exception));
    }
}
