using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using RenderFarm.Chaos.Farms;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Chaos.Faults;

/// <summary>Meddles with the messages of the test renderer's queue.</summary>
internal sealed class Meddler(ChaosFarm farm, int seed, TimeProvider time)
{
    private const int Portion = 20;
    private const int MostTries = 30;
    private static readonly string Queue = RenderQueue.Of(ChaosFarm.Model);
    private readonly Random _random = new(seed);

    /// <summary>
    /// Sends messages for jobs in any state, done ones among them, as a dispatcher does that believes them lost; and takes waiting messages and
    /// puts them back in another order, so that they come as redelivered, some of them twice.
    /// </summary>
    public async Task RedeliverAsync()
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var (id, compatibility) in _random.GetItems(await BegunAsync(), Portion))
            await channel.BasicPublishAsync("", Queue, true, Properties(), Encoding.UTF8.GetBytes(Envelope(id, compatibility)));

        var taken = new List<BasicGetResult>();
        while (taken.Count < Portion && await channel.BasicGetAsync(Queue, autoAck: false) is { } message)
            taken.Add(message);
        foreach (var message in taken.Take(Portion / 2))
            await channel.BasicPublishAsync("", Queue, true, new BasicProperties(message.BasicProperties), message.Body);
        for (var i = taken.Count - 1; i >= 0; i--)
            await channel.BasicNackAsync(taken[i].DeliveryTag, multiple: false, requeue: true);
    }

    /// <summary>Jobs that a worker has taken up. Waits for the first one.</summary>
    private async Task<(Guid Id, string Compatibility)[]> BegunAsync()
    {
        for (var tries = 1; ; tries++)
        {
            var jobs = await farm.Database.ListAsync("select id, compatibility from jobs where model = @p0 and started_at is not null order by started_at desc limit 200",
                row => (Id: row.GetGuid(0), Compatibility: row.GetString(1)), ChaosFarm.Model);
            if (jobs.Count > 0)
                return [.. jobs];
            if (tries == MostTries)
                throw new InvalidOperationException($"No worker has taken up a job of '{ChaosFarm.Model}'.");
            await Task.Delay(TimeSpan.FromSeconds(1), time);
        }
    }

    /// <summary>Waits for a broker that is being restarted.</summary>
    private async Task<IConnection> ConnectAsync()
    {
        for (var tries = 1; ; tries++)
            try
            {
                return await farm.Broker.ConnectAsync();
            }
            catch (BrokerUnreachableException) when (tries < MostTries)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
    }

    private static BasicProperties Properties() => new() { ContentType = "application/vnd.masstransit+json", Persistent = true };

    private static string Envelope(Guid job, string compatibility) => JsonSerializer.Serialize(new
    {
        messageId = Guid.CreateVersion7(),
        messageType = new[] { "urn:message:RenderFarm.Contracts.Messages:RenderPrompt" },
        message = new { jobId = job, model = ChaosFarm.Model, compatibility },
    });
}
