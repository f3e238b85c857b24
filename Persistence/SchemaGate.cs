using Microsoft.Extensions.Logging;

namespace RenderFarm.Persistence;

/// <summary>Holds background work back until the database answers and its schema is this build's; replicas wait for it and never change it themselves.</summary>
public sealed partial class SchemaGate(FarmDatabase database, TimeProvider time, ILogger<SchemaGate> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private volatile string? _obstacle;

    /// <summary>Why somebody waits here; null where nobody does.</summary>
    public string? Obstacle => _obstacle;

    /// <summary>Returns once the schema is current.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        while (!await IsOpenAsync(cancellationToken).ConfigureAwait(false))
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.CheckAsync(cancellationToken).ConfigureAwait(false);
            _obstacle = null;
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (_obstacle != e.Message)
                Waiting(e.Message);
            _obstacle = e.Message;
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the database: {Obstacle}")]
    private partial void Waiting(string obstacle);
}
