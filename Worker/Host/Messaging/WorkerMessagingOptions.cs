using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Worker.Messaging;

/// <summary>The broker of a worker that is a process of its own. Within the standalone farm the API's bus serves, and this is not read.</summary>
public sealed class WorkerMessagingOptions : IValidatableObject
{
    public const string Section = "Messaging";

    /// <summary>RabbitMQ's address, such as amqp://user:password@host:5672/vhost.</summary>
    public Uri? Address { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address?.Scheme is not ("amqp" or "amqps"))
            yield return new($"Messaging:Address is '{Address}'; a worker needs RabbitMQ's, such as 'amqp://user:password@host:5672/'.", [nameof(Address)]);
    }
}
