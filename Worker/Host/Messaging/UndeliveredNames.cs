using MassTransit;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Worker.Messaging;

/// <summary>What a worker cannot take from a model's queue goes to the farm's queue for that, not to one of its own that nobody reads.</summary>
internal sealed class UndeliveredNames(IErrorQueueNameFormatter errors, IDeadLetterQueueNameFormatter skipped) : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
{
    public string FormatErrorQueueName(string queueName) =>
        RenderQueue.IsModels(queueName) ? RenderQueue.Undelivered : errors.FormatErrorQueueName(queueName);

    public string FormatDeadLetterQueueName(string queueName) =>
        RenderQueue.IsModels(queueName) ? RenderQueue.Undelivered : skipped.FormatDeadLetterQueueName(queueName);
}
