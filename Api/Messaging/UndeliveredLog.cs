using RenderFarm.Persistence.Messages;

namespace RenderFarm.Api.Messaging;

/// <summary>
/// Notes in the database what was given up. Where that fails, the process's log alone tells of it: the message itself was dealt with, and a fault here would deal with it again.
/// </summary>
internal sealed partial class UndeliveredLog(UndeliveredStore store, ILogger<UndeliveredLog> logger)
{
    public async Task AddAsync(Guid? job, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await store.AddAsync(job, reason, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            NotKept(error, reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "GET /v1/undelivered will not show this, as it could not be kept: {Reason}")]
    private partial void NotKept(Exception error, string reason);
}
