using MassTransit;
using RenderFarm.Contracts.Messages;
using RenderFarm.Worker.Devices;

namespace RenderFarm.Worker.Messaging;

/// <summary>Stops canceled jobs at their next step.</summary>
internal sealed class JobsCanceledConsumer(HeldGroups held) : IConsumer<JobsCanceled>
{
    public Task Consume(ConsumeContext<JobsCanceled> context)
    {
        held.Cancel(context.Message.JobIds.ToHashSet());
        return Task.CompletedTask;
    }
}
