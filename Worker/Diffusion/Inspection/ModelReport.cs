namespace RenderFarm.Diffusion.Inspection;

/// <summary>What a model folder holds and what it lacks.</summary>
public sealed record ModelReport
{
    /// <summary>Absolute path of the folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Name that cascade.json gives; the folder's own for a single stage.</summary>
    public required string Name { get; init; }

    /// <summary>In the order in which they run.</summary>
    public required IReadOnlyList<StageReport> Stages { get; init; }

    /// <summary>Everything that keeps the model from being rendered with, each with its place.</summary>
    public IReadOnlyList<string> Faults =>
        [.. Stages.SelectMany(stage => stage.Components.Where(component => component.Fault is not null)
            .Select(component => $"{stage.Name}/{component.Name}: {component.Fault}")
            .Prepend(stage.Fault is null ? "" : $"{stage.Name}: {stage.Fault}").Where(fault => fault.Length > 0))];
}
