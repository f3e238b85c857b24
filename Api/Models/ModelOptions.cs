using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Api.Models;

/// <summary>Which model stands in where none is named.</summary>
public sealed class ModelOptions : IValidatableObject
{
    public const string Section = "Models";

    /// <summary>Taken by jobs that name no model. Default: the model that was registered first.</summary>
    public string? Default { get; set; }

    /// <summary>Time without a worker's report after which a model counts as not served and nothing is dispatched to it.</summary>
    public TimeSpan ServedFor { get; set; } = TimeSpan.FromSeconds(60);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ServedFor <= TimeSpan.Zero)
            yield return new($"Models:ServedFor is {ServedFor}; give a time above zero.", [nameof(ServedFor)]);
    }
}
