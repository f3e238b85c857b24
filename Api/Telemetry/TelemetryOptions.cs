using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Api.Telemetry;

/// <summary>How the farm is watched.</summary>
public sealed class TelemetryOptions : IValidatableObject
{
    public const string Section = "Telemetry";

    /// <summary>Wait between counts of the queues for /metrics. Default: 15 seconds.</summary>
    public TimeSpan QueueInterval { get; set; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QueueInterval <= TimeSpan.Zero)
            yield return new($"Telemetry:QueueInterval is {QueueInterval}; give a time above zero.", [nameof(QueueInterval)]);
    }
}
