using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Models;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Models;
using RenderFarm.Persistence.Schedules;
using RenderFarm.Persistence.Sql;
using RenderFarm.ServerTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Persistence.Tests.Databases;

/// <summary>A fresh, migrated database with a clock that the test moves, and everything that works on it.</summary>
internal sealed class TestDatabase : IDisposable
{
    public const int MaxAttempts = 3;
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan ServedFor = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    private TestDatabase(PersistenceOptions options)
    {
        Database = new(Options.Create(options), Clock);
        Intake = new(Database);
        Leases = new(Database);
        Results = new(Database);
        Returns = new(Database);
        Sweeper = new(Database);
        Cancellation = new(Database);
        Runway = new(Database);
        Pauses = new(Database);
        Situations = new(Database);
        Outbox = new(Database);
        Catalogue = new(Database);
        Queries = new(Database);
        Schedules = new(Database);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    public FarmDatabase Database { get; }
    public BatchIntake Intake { get; }
    public JobLeases Leases { get; }
    public JobResults Results { get; }
    public JobReturns Returns { get; }
    public LeaseSweeper Sweeper { get; }
    public Cancellation Cancellation { get; }
    public Runway Runway { get; }
    public Pauses Pauses { get; }
    public JobSituations Situations { get; }
    public Outbox Outbox { get; }
    public ModelCatalogue Catalogue { get; }
    public FarmQueries Queries { get; }
    public ScheduleStore Schedules { get; }

    public static ModelDescription Model { get; } = new() { Name = "test", Stages = [] };

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Providers => ["sqlite", "postgres"];

    public static async Task<TestDatabase> CreateAsync(string provider, bool migrate = true)
    {
        var folder = new TemporaryFolder();
        var options = new PersistenceOptions { Provider = provider, File = folder.File("farm.db"), MaxAttempts = MaxAttempts };
        if (provider == "postgres")
            options.ConnectionString = await PostgresServer.CreateDatabaseAsync();
        var database = new TestDatabase(options);
        if (migrate)
            await database.Database.MigrateAsync(Token);
        return database;
    }

    public static NewJob Job(string customId, string model = "test", int priority = 0) => new()
    {
        CustomId = customId,
        Model = model,
        Priority = priority,
        Prompt = $"prompt of {customId}",
        Seed = 1,
        Settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 4 } },
    };

    public static NewBatch Batch(IEnumerable<NewJob> jobs, string tenant = "default", string? key = null, string sha256 = "0") =>
        new() { Tenant = tenant, IdempotencyKey = key, RequestSha256 = sha256, Jobs = [.. jobs] };

    public static JobResult Result(ClaimedJob job) => new()
    {
        Job = new(job.Id, job.Epoch),
        Outputs = [new() { JobId = job.Id, Number = 0, Key = $"t/{job.Id:N}/{job.Epoch}-0.png", ContentType = "image/png", Width = 8, Height = 8, Size = 3, Sha256 = "ab" }],
        Report = new() { Timings = [], UnknownWords = [], Provenance = new Dictionary<string, string>() },
    };

    /// <summary>Stores a batch of so many jobs and returns its id.</summary>
    public async Task<Guid> SubmitAsync(int jobs, string tenant = "default", int priority = 0) =>
        (await Intake.AcceptAsync(Batch(Enumerable.Range(0, jobs).Select(i => Job($"{i}", priority: priority)), tenant), Token)).BatchId;

    public async Task<IReadOnlyList<Guid>> IdsAsync(Guid batch) =>
        [.. (await Queries.JobsAsync(batch, null, -1, int.MaxValue, Token)).Select(job => job.Id)];

    public async Task<IReadOnlyList<ClaimedJob>> ClaimAllAsync(Guid batch, string worker = "w") =>
        await Leases.ClaimAsync(worker, "test", [.. (await IdsAsync(batch)).Select(id => new ClaimRequest(id))], Lease, Token);

    public async Task<Job> JobAsync(Guid id) => (await Queries.JobAsync("default", id, Token))!;

    public Task<int> ExecuteAsync(FormattableString sql) => Database.WriteAsync(transaction => transaction.ExecuteAsync(sql), Token);

    /// <summary>I5: counters equal the count of the jobs by state, and sum to the total.</summary>
    public async Task AssertCountersAsync()
    {
        var counted = await Database.ReadAsync(read => read.QueryAsync($"select batch_id, state, count(*) from jobs group by batch_id, state",
            row => (Batch: row.Id(0), State: row.Name<JobState>(1), Count: (int)row.GetInt64(2))), Token);
        foreach (var batch in await Queries.BatchesAsync("default", null, 1000, Token))
        {
            int Count(JobState state) => counted.Where(row => row.Batch == batch.Id && row.State == state).Sum(row => row.Count);
            Assert.Equal(
                (Count(JobState.Queued), Count(JobState.Running), Count(JobState.Succeeded), Count(JobState.Failed), Count(JobState.Canceled), Count(JobState.Expired)),
                (batch.Queued, batch.Running, batch.Succeeded, batch.Failed, batch.Canceled, batch.Expired));
            Assert.Equal(batch.Total, batch.Queued + batch.Running + batch.Succeeded + batch.Failed + batch.Canceled + batch.Expired);
            Assert.Equal(batch.Queued + batch.Running == 0, batch.State == BatchState.Finished);
        }
    }

    public void Dispose()
    {
        Database.Dispose();
        _folder.Dispose();
    }
}
