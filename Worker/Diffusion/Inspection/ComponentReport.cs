namespace RenderFarm.Diffusion.Inspection;

/// <summary>One component of a stage: a folder that model_index.json names.</summary>
public sealed record ComponentReport
{
    /// <summary>Name of the component's folder.</summary>
    public required string Name { get; init; }

    /// <summary>Class that model_index.json names, such as UNet2DConditionModel.</summary>
    public required string ClassName { get; init; }

    /// <summary>Numbers in its weights; 0 where it has none.</summary>
    public long Parameters { get; init; }

    /// <summary>Bytes of its weights in the files.</summary>
    public long StoredBytes { get; init; }

    /// <summary>Number formats in the files, such as F16.</summary>
    public IReadOnlyList<string> Dtypes { get; init; } = [];

    /// <summary>What keeps it from being used, in one sentence; null where nothing does.</summary>
    public string? Fault { get; init; }
}
