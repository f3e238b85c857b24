using RenderFarm.Contracts.Batches;

namespace RenderFarm.Worker.Rendering;

/// <summary>One picture to draw.</summary>
public sealed record RenderWork
{
    /// <summary>The job's id; comes back with the outcome.</summary>
    public required Guid Id { get; init; }
    public required string Prompt { get; init; }
    public string? NegativePrompt { get; init; }
    public required long Seed { get; init; }

    /// <summary>Settings by stage name, complete.</summary>
    public required IReadOnlyDictionary<string, StageSettings> Settings { get; init; }

    /// <summary>Files of the pictures that it names, by role (Contracts' InputRole); PNG, JPEG or WebP.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Inputs { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Where an earlier attempt got to; null to begin. One of another model or of other settings is not used.</summary>
    public RenderCheckpoint? ResumeFrom { get; init; }

    /// <summary>Told on the renderer's thread after each stage but the last, by renderers that can go on from there.</summary>
    public Action<FinishedStage>? AfterStage { get; init; }

    /// <summary>Canceled when this work, of perhaps several rendered together, is no longer wanted.</summary>
    public CancellationToken Canceled { get; init; }
}
