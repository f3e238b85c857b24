using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Worker.Previews;

/// <summary>Whether and how often running jobs can be seen.</summary>
public sealed class PreviewOptions : IValidatableObject
{
    public const string Section = "Rendering";

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>
    /// Least time from one preview of a picture to its next; 0 for no previews. They are made only as often as they cost at most a twentieth of the rendering time. Default: 2 seconds.
    /// </summary>
    public TimeSpan PreviewInterval { get; set; } = TimeSpan.FromSeconds(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PreviewInterval < TimeSpan.Zero || PreviewInterval > Longest)
            yield return new($"{Section}:PreviewInterval is {PreviewInterval}; expected is 00:00:00 (no previews) to {Longest}, such as 00:00:02 for two seconds.", [nameof(PreviewInterval)]);
    }
}
