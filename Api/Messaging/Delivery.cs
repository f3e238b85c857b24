using MassTransit;

namespace RenderFarm.Api.Messaging;

/// <summary>How messages are sent that must not vanish.</summary>
internal static class Delivery
{
    /// <summary>RabbitMQ drops a message for which it has no queue, unless told to send it back.</summary>
    public static IPipe<SendContext> MustArrive { get; } = Pipe.Execute<SendContext>(context =>
    {
        if (context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
            rabbit.Mandatory = true;
    });
}
