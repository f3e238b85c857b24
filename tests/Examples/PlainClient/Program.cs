// Submits prompts as JSON, with nothing but a RabbitMQ client, and waits until they are rendered:
//   RenderFarm.PlainClient amqp://guest:guest@localhost:5672/ "a big red star" "a small blue ring"
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

const string Finished = "RenderFarm.Contracts.Messages:BatchFinished";
await using var connection = await new ConnectionFactory { Uri = new(args[0]) }.CreateConnectionAsync();
await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
var answers = await ListenAsync(null);
// Bound before the batch is sent, so that its end is not missed.
var news = await ListenAsync(Finished);

var batch = new { jobs = args[1..].Select(prompt => new { prompt }) };
// The message id makes the batch recognisable: keep it, and sending again after a failure makes no second batch.
var properties = new BasicProperties { MessageId = $"{Guid.NewGuid()}", ReplyTo = answers.Queue, ContentType = "application/json", Persistent = true };
// Mandatory and confirmed: this throws where the farm has no such queue, and returns when the broker has the message.
await channel.BasicPublishAsync(string.Empty, "renderfarm-submit-json", mandatory: true, properties, JsonSerializer.SerializeToUtf8Bytes(batch));

var (type, answer) = await answers.Messages.ReadAsync();
if (type == "BatchRejected")
{
    foreach (var error in answer["errors"]!.AsArray())
        await Console.Error.WriteLineAsync($"{error!["field"]}: {error["message"]}");
    return 1;
}

var id = (string)answer["batch_id"]!;
await Console.Out.WriteLineAsync($"accepted {id}");
await foreach (var (_, envelope) in news.Messages.ReadAllAsync())
    if (envelope["message"]!.AsObject() is { } end && (string)end["batchId"]! == id)
    {
        await Console.Out.WriteLineAsync($"finished {id}: {end["counts"]!["succeeded"]} of {end["counts"]!["total"]} succeeded");
        break;
    }

return 0;

// A queue of this program's own, gone with it; bound to the exchange of an event where one is named.
async Task<(string Queue, ChannelReader<(string? Type, JsonNode Body)> Messages)> ListenAsync(string? exchange)
{
    var messages = Channel.CreateUnbounded<(string?, JsonNode)>();
    string queue = (await channel.QueueDeclareAsync());
    if (exchange is not null)
    {
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
        await channel.QueueBindAsync(queue, exchange, string.Empty);
    }

    var consumer = new AsyncEventingBasicConsumer(channel);
    consumer.ReceivedAsync += async (_, delivery) => await messages.Writer.WriteAsync((delivery.BasicProperties.Type, JsonNode.Parse(delivery.Body.Span)!));
    await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
    return (queue, messages.Reader);
}
