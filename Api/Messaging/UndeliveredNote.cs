using MassTransit;

namespace RenderFarm.Api.Messaging;

/// <summary>Notes that a message was set aside, once it is where it was moved to.</summary>
internal sealed partial class UndeliveredNote(UndeliveredLog log, ILogger<UndeliveredNote> logger) : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        Note(context, "_error", context.Exception.GetBaseException().Message);
        return next.Send(context);
    }

    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        Note(context, "_skipped", "It is of no kind that is read there.");
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("undeliveredNote");

    private void Note(ReceiveContext context, string suffix, string reason)
    {
        var queue = context.InputAddress.Segments[^1];
        log.Add(null, $"Message '{context.TransportHeaders.Get<string>("MessageId")}' from '{queue}' is now in '{queue}{suffix}': {reason}");
        SetAside(queue, suffix, reason);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A message from '{Queue}' was moved to its {Suffix} queue: {Reason}")]
    private partial void SetAside(string queue, string suffix, string reason);
}
