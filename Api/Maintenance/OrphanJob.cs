using Hangfire;
using RenderFarm.Persistence.Pictures;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Maintenance;

/// <summary>Hangfire's recurring job that deletes pictures which no job refers to, drawn ones and those that jobs name.</summary>
public sealed partial class OrphanJob(OrphanSweeper sweeper, PictureStore pictures, ILogger<OrphanJob> logger)
{
    private const int UploadsAtOnce = 1000;

    /// <summary>Deletes uploads that are not used, and looks at the next portion of the store.</summary>
    [AutomaticRetry(Attempts = 0)]
    [DisableConcurrentExecution(30)]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var deleted = await pictures.SweepAsync(UploadsAtOnce, cancellationToken).ConfigureAwait(false);
        deleted += await sweeper.SweepAsync(cancellationToken).ConfigureAwait(false);
        if (deleted > 0)
            Deleted(deleted);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} pictures were deleted that no job refers to")]
    private partial void Deleted(int count);
}
