using MassTransit;
using RenderFarm.Api.Dispatch;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Api.Messaging;

/// <summary>Takes up what the broker or a worker gave up: the job is dispatched again, or failed at its last attempt.</summary>
internal sealed partial class UndeliveredConsumer(JobReturns returns, UndeliveredLog log, DispatchSignal dispatch, ILogger<UndeliveredConsumer> logger)
    : IConsumer<RenderPrompt>
{
    private const string BrokersReason = "x-first-death-reason";

    public async Task Consume(ConsumeContext<RenderPrompt> context)
    {
        var (job, reason) = (context.Message.JobId, Reason(context.ReceiveContext.TransportHeaders));
        var state = await returns.ReturnAsync(job, reason, context.CancellationToken).ConfigureAwait(false);
        Undelivered(job, reason, state);
        dispatch.Wake();
        await log.AddAsync(job, reason, context.CancellationToken).ConfigureAwait(false);
    }

    private static string Reason(Headers headers) =>
        headers.Get<string>(MessageHeaders.FaultMessage) is { } fault ? $"A worker could not take the message: {fault}"
            : headers.Get<string>(BrokersReason) is { } broker ? $"The broker gave the message up: {broker}."
            : $"The message was set aside: {headers.Get<string>(MessageHeaders.Reason) ?? "no reason was given"}.";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} was not delivered: {Reason} It is now {State}; nothing is for a job that needs no message")]
    private partial void Undelivered(Guid jobId, string reason, JobState? state);
}
