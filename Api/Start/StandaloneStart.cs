using Microsoft.Extensions.Options;
using RenderFarm.Api.Messaging;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Models;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Start;

/// <summary>
/// Before anything else starts: the standalone farm makes sure that it is alone on its files, brings the schema up to date and takes up what
/// its last run left unfinished.
/// </summary>
internal sealed partial class StandaloneStart(
    FarmDatabase database, LeaseSweeper sweeper, ModelCatalogue models, IObjectStore store, IOptions<PersistenceOptions> persistence,
    IOptions<MessagingOptions> messaging, ILogger<StandaloneStart> logger)
    : IHostedLifecycleService, IDisposable
{
    private FileStream? _lock;

    /// <summary>
    /// One process takes up everything unfinished at its start. On a database that others may use, that would tear a running farm's jobs out of
    /// its workers' hands.
    /// </summary>
    public static void CheckAlone(PersistenceOptions persistence, MessagingOptions messaging)
    {
        if (messaging.Transport == MessagingOptions.Memory && persistence.Provider != "sqlite")
            throw new FarmStartException($"Messaging:Transport is 'memory' and Database:Provider is '{persistence.Provider}'; messages in memory are for a farm of "
                + "one process, alone on its database. Set Messaging:Transport to 'rabbitmq' and Messaging:Address, or Database:Provider to 'sqlite'.");
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (messaging.Value.Transport != MessagingOptions.Memory)
            return;
        CheckAlone(persistence.Value, messaging.Value);
        _lock = Lock(Path.GetFullPath(persistence.Value.File));
        await database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        await CheckStoreAsync(cancellationToken).ConfigureAwait(false);
        // The last run's workers are gone with it: what is sent before this run's worker listens would be lost.
        await models.ForgetWorkersAsync(cancellationToken).ConfigureAwait(false);
        var report = await sweeper.RecoverAsync(cancellationToken).ConfigureAwait(false);
        if (report is not { Requeued: 0, Failed: 0, Redispatched: 0 })
            Recovered(report.Requeued, report.Failed, report.Redispatched);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _lock?.Dispose();

    /// <summary>A lock that the system drops with the process, however it ends.</summary>
    private static FileStream Lock(string file)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FarmStartException($"Database:File '{file}' cannot be taken: {e.Message} Stop the farm that uses it, or name another file.", e);
        }
    }

    private async Task CheckStoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            throw new FarmStartException(e.Message, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Taken up from the last run: {Requeued} jobs that were being rendered, {Waiting} that were about to be; {Failed} had their last attempt")]
    private partial void Recovered(int requeued, int failed, int waiting);
}
