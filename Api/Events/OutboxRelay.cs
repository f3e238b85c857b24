using MassTransit;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Events;

namespace RenderFarm.Api.Events;

/// <summary>Publishes events from the outbox. At least once: an event is deleted after the broker has it, and carries the same id each time.</summary>
internal sealed partial class OutboxRelay(Outbox outbox, IBus bus, SchemaGate schema, OutboxSignal signal, ILogger<OutboxRelay> logger) : BackgroundService
{
    private const int Portion = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Publishes one portion. Returns how many events that were.</summary>
    public async Task<int> RelayAsync(CancellationToken cancellationToken)
    {
        var events = await outbox.PeekAsync(Portion, cancellationToken).ConfigureAwait(false);
        if (events.Count == 0)
            return 0;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(PublishTimeout);
        foreach (var @event in events)
            await bus.Publish(@event.Message, context => context.MessageId = @event.Id, timeout.Token).ConfigureAwait(false);
        await outbox.DeleteAsync([.. events.Select(@event => @event.Id)], cancellationToken).ConfigureAwait(false);
        return events.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.PassAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            var told = 0;
            try
            {
                told = await RelayAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(e);
            }

            if (told < Portion)
                await signal.WaitAsync(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Events could not be published; tried again shortly")]
    private partial void Failed(Exception exception);
}
