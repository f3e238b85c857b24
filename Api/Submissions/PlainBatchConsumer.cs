using MassTransit;
using RabbitMQ.Client;
using RenderFarm.Api.Messaging;
using RenderFarm.Api.Tenants;

namespace RenderFarm.Api.Submissions;

/// <summary>
/// Takes batches that programs without MassTransit submit: the body is that of <c>POST /v1/batches</c>, the AMQP property message_id stands for
/// its Idempotency-Key, and the answer goes to the queue that reply_to names.
/// </summary>
internal sealed class PlainBatchConsumer(MessagedBatch batches) : IConsumer<PlainBatch>
{
    // MassTransit's name for "the queue that the message's reply_to names", reached without declaring it.
    private static readonly Uri ReplyTo = new("exchange:amq.rabbitmq.reply-to");
    private static readonly string[] Lines = ["application/x-ndjson", "application/jsonl"];

    public async Task Consume(ConsumeContext<PlainBatch> context)
    {
        var received = context.ReceiveContext;
        var properties = received.GetPayload<RabbitMqBasicConsumeContext>().Properties;
        var answer = await batches.TakeAsync(
            new()
            {
                Tenant = received.TransportHeaders.Get<string>(Tenant.Header), TenantName = Tenant.Header, Id = properties.MessageId, IdName = "message_id",
                Body = received.Body.GetBytes(), IsDocument = !Lines.Contains(received.ContentType?.MediaType, StringComparer.OrdinalIgnoreCase),
            },
            context.CancellationToken).ConfigureAwait(false);
        if (string.IsNullOrEmpty(properties.ReplyTo))
            answer.AssertNeedsNoAnswer();
        else
            await AnswerAsync(context, properties, answer.Message).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(ConsumeContext context, IReadOnlyBasicProperties request, object answer)
    {
        var queue = await context.GetSendEndpoint(ReplyTo).ConfigureAwait(false);
        await queue.Send(answer, Pipe.Execute<SendContext>(reply =>
        {
            var rabbit = reply.GetPayload<RabbitMqSendContext>();
            rabbit.BasicProperties.CorrelationId = string.IsNullOrEmpty(request.CorrelationId) ? request.MessageId : request.CorrelationId;
            rabbit.BasicProperties.Type = answer.GetType().Name;
            // The broker takes its own direct reply-to, which is no queue, for one that is missing.
            rabbit.Mandatory = !request.ReplyTo!.StartsWith("amq.rabbitmq.reply-to", StringComparison.Ordinal);
        }), context.CancellationToken).ConfigureAwait(false);
    }
}
