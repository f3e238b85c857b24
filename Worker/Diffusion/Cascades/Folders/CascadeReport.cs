using RenderFarm.Diffusion.Residency;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>What a model folder holds.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Name">The model's name, or null if cascade.json cannot be read.</param>
/// <param name="Stages">In order.</param>
/// <param name="Errors">What is wrong with the folder as a whole.</param>
public sealed record CascadeReport(string Folder, string? Name, IReadOnlyList<StageReport> Stages, IReadOnlyList<string> Errors)
{
    /// <summary>Parameters of the safety checker that finished pictures must pass; null for none.</summary>
    public long? SafetyCheckerParameters { get; init; }

    /// <summary>Whether a mark is laid over finished pictures.</summary>
    public bool HasWatermark { get; init; }

    /// <summary>Everything that is wrong, with the stage it concerns.</summary>
    public IEnumerable<string> AllErrors =>
        Errors.Concat(Stages.SelectMany(stage => stage.Errors.Select(error => $"{stage.Key}: {error}")));

    /// <summary>Memory in bytes with which all parts of the model stay loaded on one device, and below which even taking turns is tight; null where nothing is known of its parts.</summary>
    /// <param name="dtype">Number format of all networks.</param>
    public (long ForAll, long ForTurns)? MemoryIn(ScalarType dtype)
    {
        var options = new CascadeOptions { Dtype = dtype };
        var parts = Stages.SelectMany(stage => ModelPart.Of(stage.Key, stage.Components, options)).ToList();
        return parts.Count == 0 ? null : (Lenders.MemoryForAll(parts), Lenders.MemoryForTurns(parts));
    }

    /// <summary>Whether the model can be loaded.</summary>
    public bool IsComplete => !AllErrors.Any();
}
