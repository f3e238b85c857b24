using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Worker.Messaging;

/// <summary>The broker of a worker that is a process of its own. Within the standalone farm the API's bus serves, and this is not read.</summary>
public sealed class WorkerMessagingOptions : IValidatableObject
{
    public const string Section = "Messaging";

    // RabbitMQ looks once a minute which messages are overdue.
    private static readonly TimeSpan ShortestGroup = TimeSpan.FromSeconds(10);

    /// <summary>RabbitMQ's address, such as amqp://user:password@host:5672/vhost.</summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// Longest time that a group of pictures may take on a device, the same for all workers of a farm. Default: 15 minutes. The broker takes a
    /// message back that was not acknowledged after <see cref="GroupsInHand"/> such times, because its worker hangs. Whoever makes a model's queue
    /// first decides: another value counts once the queue is deleted and made again.
    /// </summary>
    public TimeSpan LongestGroup { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Groups that may come before a message's own is done. A worker takes messages for three groups at a time; those that cannot be grouped
    /// are rendered one by one, which takes less time each.
    /// </summary>
    internal const int GroupsInHand = 8;

    internal TimeSpan AcknowledgementTimeout => LongestGroup * GroupsInHand;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address?.Scheme is not ("amqp" or "amqps"))
            yield return new($"Messaging:Address is '{Address}'; a worker needs RabbitMQ's, such as 'amqp://user:password@host:5672/'.", [nameof(Address)]);
        if (LongestGroup < ShortestGroup || LongestGroup > TimeSpan.FromDays(1))
            yield return new($"Messaging:LongestGroup is {LongestGroup}; give {ShortestGroup} to a day.", [nameof(LongestGroup)]);
    }
}
