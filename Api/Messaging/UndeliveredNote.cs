using MassTransit;

namespace RenderFarm.Api.Messaging;

/// <summary>Notes that a message was set aside, once it is where it was moved to.</summary>
internal sealed partial class UndeliveredNote(Func<UndeliveredLog> log, ILogger<UndeliveredNote> logger) : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        await NoteAsync(context, "_error", context.Exception.GetBaseException().Message).ConfigureAwait(false);
        await next.Send(context).ConfigureAwait(false);
    }

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        await NoteAsync(context, "_skipped", "It is of no kind that is read there.").ConfigureAwait(false);
        await next.Send(context).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("undeliveredNote");

    private Task NoteAsync(ReceiveContext context, string suffix, string reason)
    {
        var queue = context.InputAddress.Segments[^1];
        SetAside(queue, suffix, reason);
        return log().AddAsync(null, $"Message '{context.TransportHeaders.Get<string>("MessageId")}' from '{queue}' is now in '{queue}{suffix}': {reason}", context.CancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A message from '{Queue}' was moved to its {Suffix} queue: {Reason}")]
    private partial void SetAside(string queue, string suffix, string reason);
}
