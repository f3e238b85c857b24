namespace RenderFarm.Diffusion.Inspection;

/// <summary>One stage of a cascade: a folder in diffusers' layout.</summary>
public sealed record StageReport
{
    /// <summary>Name of the stage's folder.</summary>
    public required string Name { get; init; }

    /// <summary>Pipeline class that model_index.json names; null where there is no such file.</summary>
    public string? PipelineClass { get; init; }

    /// <summary>In the file's order.</summary>
    public required IReadOnlyList<ComponentReport> Components { get; init; }

    /// <summary>What keeps the whole stage from being used; null where nothing does.</summary>
    public string? Fault { get; init; }

    /// <summary>Numbers in all weights.</summary>
    public long Parameters => Components.Sum(component => component.Parameters);

    /// <summary>Bytes that the weights take once loaded, without the memory in which the network works.</summary>
    /// <param name="bytesPerNumber">4 for float32, 2 for bfloat16 and float16.</param>
    public long LoadedBytes(int bytesPerNumber) => Parameters * bytesPerNumber;
}
