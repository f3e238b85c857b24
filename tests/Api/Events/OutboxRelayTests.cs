using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Messages;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Events;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Events;

public sealed class OutboxRelayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Relay_BatchWithAFailedJob_EveryEventIsHeardOnceAndForgotten()
    {
        using var folder = new TemporaryFolder();
        await using var farm = await FarmHost.StartAsync(folder.Path);
        var heard = new ConcurrentQueue<(Guid? Id, object Message)>();
        var ears = farm.Services.GetRequiredService<IReceiveEndpointConnector>().ConnectReceiveEndpoint("ears", (_, endpoint) =>
        {
            endpoint.Handler<JobSucceeded>(context => Note(context));
            endpoint.Handler<JobFailed>(context => Note(context));
            endpoint.Handler<BatchFinished>(context => Note(context));
        });
        await ears.Ready;

        var batch = await farm.SubmitAsync("{\"custom_id\": \"a\", \"prompt\": \"fine\"}", "{\"custom_id\": \"b\", \"prompt\": \"poison\"}");
        await farm.FinishedAsync(batch.Id);
        await FarmHost.EventuallyAsync(() => Task.FromResult(heard.Count), count => count >= 3);
        await FarmHost.EventuallyAsync(() => farm.Services.GetRequiredService<Outbox>().PeekAsync(10, Token), events => events.Count == 0);

        Assert.Equal("a", Assert.Single(heard.Select(e => e.Message).OfType<JobSucceeded>()).CustomId);
        Assert.Equal(("b", "permanent"), heard.Select(e => e.Message).OfType<JobFailed>().Select(e => (e.CustomId, e.Kind)).Single());
        Assert.Equal((1, 1), heard.Select(e => e.Message).OfType<BatchFinished>().Select(e => (e.Counts.Succeeded, e.Counts.Failed)).Single());
        Assert.Equal(3, heard.Select(e => e.Id).OfType<Guid>().Distinct().Count());

        Task Note<T>(ConsumeContext<T> context) where T : class
        {
            heard.Enqueue((context.MessageId, context.Message));
            return Task.CompletedTask;
        }
    }
}
