using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Worker.Previews;

/// <summary>Whether and how often running jobs can be seen.</summary>
public sealed class PreviewOptions : IValidatableObject
{
    public const string Section = "Rendering";

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>
    /// Least time from one preview of a picture to its next; 0 for no previews. Making them takes at most a twentieth of the device's time; encoding and storing
    /// them, at most two at a time per device, takes the processor's and the store's besides. Default: 2 seconds.
    /// </summary>
    public TimeSpan PreviewInterval { get; set; } = TimeSpan.FromSeconds(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PreviewInterval < TimeSpan.Zero || PreviewInterval > Longest)
            yield return new($"{Section}:PreviewInterval is {PreviewInterval}; expected is 00:00:00 (no previews) to {Longest}, such as 00:00:02 for two seconds.", [nameof(PreviewInterval)]);
    }
}
