using RenderFarm.Diffusion.Cascades.Requests;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>A stage in a model folder.</summary>
public sealed record StageReport
{
    /// <summary>stage1, stage2 …</summary>
    public required string Key { get; init; }

    /// <summary>Its folder's name in cascade.json.</summary>
    public required string Folder { get; init; }

    /// <summary>The pipeline's class, or null if model_index.json cannot be read.</summary>
    public required string? Pipeline { get; init; }

    /// <summary>Height and width of its pictures, or null if unknown.</summary>
    public required int? Size { get; init; }

    /// <summary>The networks whose weights could be read.</summary>
    public required IReadOnlyList<ComponentReport> Components { get; init; }

    /// <summary>What cascade.json says about its settings.</summary>
    public required StageSettings Defaults { get; init; }

    /// <summary>What is missing or wrong, each with its remedy.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>Of all its networks.</summary>
    public long Parameters => Components.Sum(component => component.Parameters);

    /// <summary>Memory its weights take when loaded in a number format.</summary>
    public long BytesIn(ScalarType dtype) => Components.Sum(component => component.BytesIn(dtype));
}
