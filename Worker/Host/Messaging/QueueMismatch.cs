using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace RenderFarm.Worker.Messaging;

/// <summary>Notices that the broker has a queue of this name with other settings: MassTransit would ask again for ever.</summary>
internal sealed class QueueMismatch(string queue) : IReceiveEndpointObserver
{
    private const int PreconditionFailed = 406;
    private readonly TaskCompletionSource _found = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails with the remedy when that is so; else never ends.</summary>
    public Task Found => _found.Task;

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        for (var error = faulted.Exception; error is not null; error = error.InnerException)
            if (error is OperationInterruptedException { ShutdownReason.ReplyCode: PreconditionFailed } refusal)
                _found.TrySetException(new InvalidOperationException(
                    $"Queue '{queue}' was made with other settings ({refusal.ShutdownReason!.ReplyText}), perhaps by an older version. Stop its workers, delete it "
                    + $"('rabbitmqctl delete_queue {queue}') and start them again: jobs whose messages it held are dispatched anew after Dispatch:MessageLife.", error));
        return Task.CompletedTask;
    }

    public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;
    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;
    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;
}
