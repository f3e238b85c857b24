using Microsoft.Extensions.Options;
using RenderFarm.Api.Messaging;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Api.Dispatch;

/// <summary>Where a model's messages are sent.</summary>
internal sealed class RenderQueueAddress(IOptions<MessagingOptions> options)
{
    // RabbitMQ: "queue:" would declare the queue again as a classic one and fail with 406, for ever; the exchange of the same name is bound to it.
    public Uri Of(string model) => new($"{(options.Value.Transport == MessagingOptions.RabbitMq ? "exchange" : "queue")}:{RenderQueue.Of(model)}");
}
