namespace RenderFarm.Worker.Rendering;

/// <summary>A finished stage, from which a later attempt goes on to the same picture.</summary>
public sealed record RenderCheckpoint
{
    /// <summary>Index of the finished stage, from 0.</summary>
    public required int Stage { get; init; }

    /// <summary>Lower-case hexadecimal; equal where model, settings, prompt and seed are, and with them everything that the stages to come need.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The renderer's own.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }
}
