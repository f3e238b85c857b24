using MassTransit;
using RenderFarm.Contracts.Messages;
using RenderFarm.Worker.Devices;

namespace RenderFarm.Worker.Messaging;

/// <summary>Hands messages to the devices; the message is acknowledged when nothing is left to do for it.</summary>
internal sealed class RenderPromptConsumer(ModelPool pool) : IConsumer<RenderPrompt>
{
    public Task Consume(ConsumeContext<RenderPrompt> context) => pool.RenderAsync(context.Message, context.ReceiveContext.Redelivered);
}
