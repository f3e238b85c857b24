using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Api.Messaging;

/// <summary>How messages travel.</summary>
public sealed class MessagingOptions : IValidatableObject
{
    public const string Section = "Messaging";
    public const string Memory = "memory";
    public const string RabbitMq = "rabbitmq";

    /// <summary>"memory" (Api and worker in one process) or "rabbitmq". Default: memory.</summary>
    public string Transport { get; set; } = Memory;

    /// <summary>RabbitMQ's address, such as amqp://user:password@host:5672/vhost.</summary>
    public Uri? Address { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Transport is not (Memory or RabbitMq))
            yield return new($"Messaging:Transport is '{Transport}'; set it to '{Memory}' or '{RabbitMq}'.", [nameof(Transport)]);
        if (Transport == RabbitMq && Address?.Scheme is not ("amqp" or "amqps"))
            yield return new($"Messaging:Address is '{Address}'; Messaging:Transport 'rabbitmq' needs one such as 'amqp://user:password@host:5672/'.", [nameof(Address)]);
    }
}
