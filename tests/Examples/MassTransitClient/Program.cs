// Submits prompts through MassTransit and waits until they are rendered:
//   RenderFarm.MassTransitClient amqp://guest:guest@localhost:5672/ "a big red star" "a small blue ring"
using System.Threading.Channels;
using MassTransit;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Messages;

var finished = Channel.CreateUnbounded<BatchFinished>();
var bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
{
    rabbit.Host(new Uri(args[0]));
    // A queue of this program's own, gone with it. One that must miss nothing has a name and is durable.
    rabbit.ReceiveEndpoint(new TemporaryEndpointDefinition(), endpoint =>
    {
        endpoint.Handler<JobSucceeded>(context => Console.Out.WriteLineAsync($"{context.Message.CustomId}: {string.Join(", ", context.Message.Keys)}"));
        endpoint.Handler<JobFailed>(context => Console.Out.WriteLineAsync($"{context.Message.CustomId}: {context.Message.Message}"));
        endpoint.Handler<BatchFinished>(context => finished.Writer.WriteAsync(context.Message).AsTask());
    });
});
await bus.StartAsync();
try
{
    // Its message id makes the batch recognisable: keep the id, and sending again after a failure makes no second batch.
    var id = NewId.NextGuid();
    var batch = new SubmitBatch { Jobs = [.. args[1..].Select(prompt => new JobRequest { Prompt = prompt })] };
    var answer = await bus.CreateRequestClient<SubmitBatch>().GetResponse<BatchAccepted, BatchRejected>(
        batch, request => request.UseExecute(context => context.MessageId = id));
    if (answer.Is(out Response<BatchRejected>? rejected))
    {
        foreach (var error in rejected!.Message.Errors)
            await Console.Error.WriteLineAsync($"{error.Field}: {error.Message}");
        return 1;
    }

    answer.Is(out Response<BatchAccepted>? accepted);
    var batchId = accepted!.Message.BatchId;
    await Console.Out.WriteLineAsync($"accepted {batchId}");
    await foreach (var end in finished.Reader.ReadAllAsync())
        if (end.BatchId == batchId)
        {
            await Console.Out.WriteLineAsync($"finished {end.BatchId}: {end.Counts.Succeeded} of {end.Counts.Total} succeeded");
            break;
        }

    return 0;
}
finally
{
    await bus.StopAsync();
}
