using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Api.Dispatch;

/// <summary>How far ahead of the workers jobs are put on the queues.</summary>
public sealed class DispatchOptions : IValidatableObject
{
    public const string Section = "Dispatch";

    /// <summary>Messages per model that may wait for a worker. Default: 256.</summary>
    [Range(1, 100_000, ErrorMessage = "Dispatch:Runway must be 1 to 100,000.")]
    public int Runway { get; set; } = 256;

    /// <summary>Wait between looks into the database while there is nothing to do.</summary>
    public TimeSpan IdleInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Wait between looks while there was something to do.</summary>
    public TimeSpan BusyInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A waiting batch rises one priority for each such time.</summary>
    public TimeSpan Ageing { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Time after which a message is sent again that nobody took, although its model's workers had nothing to do, or took one sent so much
    /// later: a broker may have lost it. While they are busy or gone, it waits as long as it takes.
    /// </summary>
    public TimeSpan MessageLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Longest wait for the broker to take messages. What an Api was about to send when it died is sent again after this time, too. Default: 30 s.
    /// </summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var spans = new[] { (nameof(IdleInterval), IdleInterval), (nameof(BusyInterval), BusyInterval), (nameof(Ageing), Ageing), (nameof(MessageLife), MessageLife), (nameof(SendTimeout), SendTimeout) };
        foreach (var (name, value) in spans)
            if (value <= TimeSpan.Zero)
                yield return new($"Dispatch:{name} is {value}; give a time above zero.", [name]);
    }
}
