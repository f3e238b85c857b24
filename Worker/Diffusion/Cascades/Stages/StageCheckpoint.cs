namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>
/// All that the rest of the cascade needs of a finished stage: rendering from here gives the picture that going on would have given.
/// </summary>
public sealed record StageCheckpoint
{
    /// <summary>Index of the finished stage, from 0.</summary>
    public required int Stage { get; init; }

    /// <summary>Pixels per row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>The picture unquantised, −1 to 1: three planes (red, green, blue) of rows.</summary>
    public required ReadOnlyMemory<float> Pixels { get; init; }

    /// <summary>State of the picture's random generator.</summary>
    public required ReadOnlyMemory<byte> Generator { get; init; }
}
