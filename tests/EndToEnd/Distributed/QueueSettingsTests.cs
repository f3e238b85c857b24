using RabbitMQ.Client;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

/// <summary>What the broker already has under the names that a worker or an API uses, made by somebody else or an older version.</summary>
public sealed class QueueSettingsTests
{
    private const string Queue = "render-test";
    private const string Undelivered = "renderfarm-undelivered";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("classic", Queue, "Queue 'render-test'", "x-queue-type", "rabbitmqctl delete_queue render-test")]
    [InlineData("other limit", Queue, "Queue 'render-test'", "x-delivery-limit", "rabbitmqctl delete_queue render-test")]
    [InlineData("exchange", Queue, "Exchange 'render-test'", "'fanout'", "delete")]
    [InlineData("classic", Undelivered, "Queue 'renderfarm-undelivered'", "x-queue-type", "rabbitmqctl delete_queue renderfarm-undelivered")]
    public async Task Worker_QueueWithOtherSettings_EndsWithOneErrorThatNamesIt(string made, string name, params string[] says)
    {
        await using var farm = await DistributedFarm.OnEmptyServersAsync();
        using var migration = await farm.MigrateAsync();
        await using var connection = await farm.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await MakeAsync(channel, made, name);
        var worker = farm.StartTestWorker();
        await worker.WaitAsync().WaitAsync(Patience, Token);

        Assert.Equal(1, worker.ExitCode);
        var said = worker.Output + worker.Error;
        Assert.Single(said.Split('\n'), line => line.Contains("The worker cannot start", StringComparison.Ordinal));
        Assert.All(says, part => Assert.Contains(part, said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("classic", Undelivered, "Queue 'renderfarm-undelivered'", "x-queue-type", "rabbitmqctl delete_queue renderfarm-undelivered")]
    [InlineData("other limit", "renderfarm-submit", "Queue 'renderfarm-submit'", "x-delivery-limit", "rabbitmqctl delete_queue renderfarm-submit")]
    [InlineData("exchange", "renderfarm-submit-json", "Exchange 'renderfarm-submit-json'", "'direct'", "rabbitmqadmin delete exchange name=renderfarm-submit-json")]
    public async Task Api_QueueWithOtherSettings_EndsWithOneErrorThatNamesIt(string made, string name, params string[] says)
    {
        await using var farm = await DistributedFarm.OnEmptyServersAsync();
        using var migration = await farm.MigrateAsync();
        await using var connection = await farm.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await MakeAsync(channel, made, name);
        var api = farm.StartApi();
        await api.WaitAsync().WaitAsync(Patience, Token);

        Assert.Equal(1, api.ExitCode);
        var said = Assert.Single((api.Output + api.Error).Split('\n'), line => line.Contains("The API cannot read its queues", StringComparison.Ordinal)).Replace("\\u0027", "'", StringComparison.Ordinal);
        Assert.All(says, part => Assert.Contains(part, said, StringComparison.Ordinal));
    }

    private static async Task MakeAsync(IChannel channel, string made, string name)
    {
        if (made == "exchange")
            await channel.ExchangeDeclareAsync(name, "direct", durable: true, cancellationToken: Token);
        else
            await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, cancellationToken: Token, arguments: made == "classic" ? []
                : new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 7 });
    }
}
