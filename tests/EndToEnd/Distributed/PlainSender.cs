using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

/// <summary>A program without MassTransit, as far as the broker sees it.</summary>
internal sealed class PlainSender : IAsyncDisposable
{
    public const string Queue = "renderfarm-submit-json";
    private readonly DistributedFarm _farm;
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _answers;

    private PlainSender(DistributedFarm farm, IConnection connection, IChannel channel, string answers) =>
        (_farm, _connection, _channel, _answers) = (farm, connection, channel, answers);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<PlainSender> ConnectAsync(DistributedFarm farm)
    {
        var connection = await farm.Broker.ConnectAsync();
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Token);
        return new(farm, connection, channel, await channel.QueueDeclareAsync(cancellationToken: Token));
    }

    /// <summary>Sends, and returns when the broker has the message.</summary>
    public async Task SendAsync(string body, string? id, string? replyTo, string queue = Queue, string? correlation = null, string? contentType = null, string? tenant = null)
    {
        var properties = new BasicProperties { Persistent = true };
        if (id is not null)
            properties.MessageId = id;
        if (replyTo is not null)
            properties.ReplyTo = replyTo;
        if (correlation is not null)
            properties.CorrelationId = correlation;
        if (contentType is not null)
            properties.ContentType = contentType;
        if (tenant is not null)
            properties.Headers = new Dictionary<string, object?> { ["X-Tenant"] = tenant };
        await _channel.BasicPublishAsync(string.Empty, queue, mandatory: true, properties, Encoding.UTF8.GetBytes(body), Token);
    }

    /// <summary>Sends, and waits for the answer.</summary>
    public async Task<(string? Type, string? Correlation, JsonElement Body)> AskAsync(string body, string? id, string? correlation = null, string? contentType = null, string? tenant = null)
    {
        await SendAsync(body, id, _answers, Queue, correlation, contentType, tenant);
        return await NextAsync(_answers);
    }

    /// <summary>A queue of the test's own on which an event is heard.</summary>
    public async Task<string> HearAsync(string @event)
    {
        string queue = await _channel.QueueDeclareAsync(cancellationToken: Token);
        await _channel.ExchangeDeclareAsync($"RenderFarm.Contracts.Messages:{@event}", ExchangeType.Fanout, durable: true, cancellationToken: Token);
        await _channel.QueueBindAsync(queue, $"RenderFarm.Contracts.Messages:{@event}", string.Empty, cancellationToken: Token);
        return queue;
    }

    /// <summary>The next message of a queue.</summary>
    public async Task<(string? Type, string? Correlation, JsonElement Body)> NextAsync(string queue)
    {
        var message = await _farm.EventuallyAsync(() => _channel.BasicGetAsync(queue, autoAck: true, Token), message => message is not null);
        using var document = JsonDocument.Parse(message!.Body);
        return (message.BasicProperties.Type, message.BasicProperties.CorrelationId, document.RootElement.Clone());
    }

    /// <summary>The body of the next message of a queue, whatever it is.</summary>
    public async Task<string> NextTextAsync(string queue) =>
        Encoding.UTF8.GetString((await _farm.EventuallyAsync(() => _channel.BasicGetAsync(queue, autoAck: true, Token), message => message is not null))!.Body.Span);

    public Task<uint> CountAsync(string queue) => _channel.MessageCountAsync(queue, Token);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
