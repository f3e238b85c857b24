namespace RenderFarm.Diffusion.Cascades;

/// <summary>What a model folder holds.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Name">The model's name, or null if cascade.json cannot be read.</param>
/// <param name="Stages">In order.</param>
/// <param name="Errors">What is wrong with the folder as a whole.</param>
public sealed record CascadeReport(string Folder, string? Name, IReadOnlyList<StageReport> Stages, IReadOnlyList<string> Errors)
{
    /// <summary>Everything that is wrong, with the stage it concerns.</summary>
    public IEnumerable<string> AllErrors =>
        Errors.Concat(Stages.SelectMany(stage => stage.Errors.Select(error => $"{stage.Key}: {error}")));

    /// <summary>Whether the model can be loaded.</summary>
    public bool IsComplete => !AllErrors.Any();
}
