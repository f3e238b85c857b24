using MassTransit;
using MassTransit.Middleware;
using RenderFarm.Persistence;

namespace RenderFarm.Api.Messaging;

/// <summary>What holds for all queues that the API reads.</summary>
internal static class ReceiveRules
{
    // An hour of a database that is away; what then is moved aside is noted, and a render message waits for the sweep of lost messages.
    private const int OutageTries = 720;
    private static readonly TimeSpan OutageWait = TimeSpan.FromSeconds(5);

    /// <summary>On RabbitMQ the queue's arguments, equal to those that it was made with.</summary>
    public static void SetArguments(this IReceiveEndpointConfigurator endpoint, IReadOnlyDictionary<string, object?> arguments)
    {
        foreach (var (name, value) in arguments)
            ((IRabbitMqReceiveEndpointConfigurator)endpoint).SetQueueArgument(name, value);
    }

    /// <summary>While store or database are away a message waits; for any other fault it is set aside at once.</summary>
    public static void SitOutOutages(this IReceiveEndpointConfigurator endpoint) => endpoint.UseMessageRetry(retry =>
    {
        retry.Handle<Exception>(Outage.Is);
        retry.Interval(OutageTries, OutageWait);
    });

    /// <summary>Messages that are moved to the queue's _error or _skipped are shown by GET /v1/undelivered.</summary>
    public static void NoteWhatIsSetAside(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        // The log is asked for with the first note: the bus is made before the database's settings are checked.
        var note = new UndeliveredNote(context.GetRequiredService<UndeliveredLog>, context.GetRequiredService<ILogger<UndeliveredNote>>());
        endpoint.ConfigureError(pipe =>
        {
            pipe.UseFilter(new GenerateFaultFilter());
            pipe.UseFilter(new ErrorTransportFilter());
            pipe.UseFilter(note);
        });
        endpoint.ConfigureDeadLetter(pipe =>
        {
            pipe.UseFilter(new DeadLetterTransportFilter());
            pipe.UseFilter(note);
        });
    }
}
