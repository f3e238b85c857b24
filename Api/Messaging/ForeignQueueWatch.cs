using System.Text.RegularExpressions;
using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace RenderFarm.Api.Messaging;

/// <summary>
/// Ends the process where the broker has a queue or exchange of a name that the API reads from, with other settings: MassTransit would ask again for ever, and only a
/// person can tell which is right.
/// </summary>
internal sealed partial class ForeignQueueWatch(IHostApplicationLifetime lifetime, ILogger<ForeignQueueWatch> logger) : IReceiveEndpointObserver
{
    private const int PreconditionFailed = 406;

    private int _told;

    public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        ArgumentNullException.ThrowIfNull(faulted);
        for (var error = faulted.Exception; error is not null; error = error.InnerException)
        {
            if (error is not OperationInterruptedException { ShutdownReason: { ReplyCode: PreconditionFailed } refusal } || Interlocked.Exchange(ref _told, 1) != 0)
                continue;
            // Not always the endpoint's own: each declares the queue for what is given up as well.
            var named = Named().Match(refusal.ReplyText);
            var queue = named.Success ? named.Groups["name"].Value : faulted.InputAddress.AbsolutePath.Split('/')[^1];
            Foreign(queue, refusal.ReplyText);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }

        return Task.CompletedTask;
    }

    [GeneratedRegex("for (queue|exchange) '(?<name>[^']+)'")]
    private static partial Regex Named();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The API cannot read the queue '{Queue}': something of that name was made with other settings, perhaps by an older version: {Refusal}. "
        + "Stop what uses it, delete it ('rabbitmqctl delete_queue {Queue}', or the exchange on the broker's management page), and start again")]
    private partial void Foreign(string queue, string refusal);
}
