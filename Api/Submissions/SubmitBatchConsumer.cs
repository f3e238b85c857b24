using System.Text.Json;
using MassTransit;
using RenderFarm.Api.Messaging;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence;

namespace RenderFarm.Api.Submissions;

/// <summary>Takes batches that other services submit through MassTransit.</summary>
internal sealed class SubmitBatchConsumer(MessagedBatch batches) : IConsumer<SubmitBatch>
{
    public async Task Consume(ConsumeContext<SubmitBatch> context)
    {
        var command = context.Message;
        // As text again, so that there is one reader and one set of rules for all ways in.
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new BatchRequest { Model = command.Model, Priority = command.Priority, Jobs = command.Jobs }, FarmJson.Options);
        var answer = await batches.TakeAsync(
            new() { Tenant = command.Tenant, TenantName = "tenant", Id = context.MessageId?.ToString(), IdName = "message id", Body = body, IsDocument = true },
            context.CancellationToken).ConfigureAwait(false);
        if (context.ResponseAddress is null)
            answer.AssertNeedsNoAnswer();
        else
            await context.RespondAsync(answer.Message, Delivery.MustArrive).ConfigureAwait(false);
    }
}
