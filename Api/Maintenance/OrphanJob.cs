using Hangfire;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Maintenance;

/// <summary>Hangfire's recurring job that deletes pictures which no job refers to.</summary>
public sealed partial class OrphanJob(OrphanSweeper sweeper, ILogger<OrphanJob> logger)
{
    /// <summary>Looks at the next portion of the store.</summary>
    [AutomaticRetry(Attempts = 0)]
    [DisableConcurrentExecution(30)]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var deleted = await sweeper.SweepAsync(cancellationToken).ConfigureAwait(false);
        if (deleted > 0)
            Deleted(deleted);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} pictures were deleted that no job refers to")]
    private partial void Deleted(int count);
}
