using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Worker.Rendering;

/// <summary>What a worker process renders, and on what.</summary>
public sealed class RenderingOptions : IValidatableObject
{
    public const string Section = "Rendering";

    /// <summary>The model's folder, with its cascade.json.</summary>
    public string? Model { get; set; }

    /// <summary>Device by name, such as "cpu" or "cuda:0"; one worker process per device. Default: cpu.</summary>
    [RegularExpression("cpu|cuda(:[0-9]+)?", ErrorMessage = "Rendering:Device must be cpu, cuda or cuda:N.")]
    public string Device { get; set; } = "cpu";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Model) || !Directory.Exists(Model))
            yield return new($"Rendering:Model is '{Model}'; name a folder with a cascade.json.", [nameof(Model)]);
    }
}
