using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence;

/// <summary>Opens the farm's database and runs transactions on it.</summary>
public sealed class FarmDatabase : IDisposable
{
    private const int MaxConflicts = 8;
    private readonly PersistenceOptions _options;
    private readonly TimeProvider _time;

    // SQLite has one writer. Waiting for it here is orderly; waiting in SQLite is polling.
    private readonly SemaphoreSlim? _writer;
    private readonly DbContextOptions<SqliteFarmContext>? _sqlite;
    private readonly DbContextOptions<PostgresFarmContext>? _postgres;

    public FarmDatabase(IOptions<PersistenceOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _time = time;
        if (_options.Provider == "postgres")
        {
            _postgres = FarmContextOptions.Postgres(_options.ConnectionString!);
            return;
        }

        _writer = new SemaphoreSlim(1);
        _sqlite = FarmContextOptions.Sqlite(_options.File);
    }

    internal Dialect Dialect => _postgres is null ? Dialect.Sqlite : Dialect.Postgres;

    internal PersistenceOptions Options => _options;

    internal TimeProvider Time => _time;

    /// <summary>A context for reading; the caller disposes it.</summary>
    public FarmContext Open()
    {
        FarmContext context = _postgres is null ? new SqliteFarmContext(_sqlite!) : new PostgresFarmContext(_postgres);
        context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return context;
    }

    /// <summary>Brings the schema up to date and returns the migrations that this took. On PostgreSQL run it by command, not by each replica.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        using var context = Open();
        if (Dialect == Dialect.Sqlite)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_options.File))!);
            await ForgetBrokenMigrationAsync(context, cancellationToken).ConfigureAwait(false);
        }

        var before = await context.Database.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false);
        await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        return [.. context.Database.GetMigrations().Except(before)];
    }

    /// <summary>Throws unless the database answers and its schema is this build's.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var context = Open();
        var pending = await context.Database.GetPendingMigrationsAsync(cancellationToken).ConfigureAwait(false);
        if (pending.FirstOrDefault() is { } first)
            throw new SchemaBehindException($"The database lacks migration '{first}'; run 'dotnet RenderFarm.Api.dll migrate' with the settings of the Api.");
    }

    public void Dispose() => _writer?.Dispose();

    /// <summary>Runs a transaction that writes; begun again if the database says that it lost a race.</summary>
    internal async Task<T> WriteAsync<T>(Func<FarmTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (_writer is not null)
                await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await RunAsync(work, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (attempt < MaxConflicts
                && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Begun again below: nothing of the lost transaction remains.
            }
            finally
            {
                _writer?.Release();
            }
        }
    }

    /// <summary>Runs statements that only read. SQLite's readers see the last commit and wait for nobody.</summary>
    internal async Task<T> ReadAsync<T>(Func<FarmTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        using var context = Open();
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await work(new(context.Database.GetDbConnection(), null, Dialect, _time.GetUtcNow(), cancellationToken)).ConfigureAwait(false);
    }

    private async Task<T> RunAsync<T>(Func<FarmTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        using var context = Open();
        using var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var farm = new FarmTransaction(context.Database.GetDbConnection(), transaction.GetDbTransaction(), Dialect, _time.GetUtcNow(), cancellationToken);
        var result = await work(farm).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        farm.Committed();
        return result;
    }

    /// <summary>EF marks a running migration by a row; a process killed meanwhile leaves it, and every later start would wait for ever.</summary>
    private static async Task ForgetBrokenMigrationAsync(FarmContext context, CancellationToken cancellationToken)
    {
        try
        {
            await context.Database.ExecuteSqlRawAsync("delete from \"__EFMigrationsLock\"", cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 1)
        {
            // No such table: nothing was ever migrated here.
        }
    }
}
