using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Api.Maintenance;

/// <summary>How long the farm remembers.</summary>
public sealed class RetentionOptions : IValidatableObject
{
    public const string Section = "Retention";

    /// <summary>Time after which a finished batch is deleted with its pictures, and a schedule that will never be due again. Default: none, everything is kept.</summary>
    public TimeSpan? FinishedFor { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FinishedFor < TimeSpan.FromMinutes(1))
            yield return new($"Retention:FinishedFor is {FinishedFor}; give a minute or more, or leave it out to keep everything.", [nameof(FinishedFor)]);
    }
}
