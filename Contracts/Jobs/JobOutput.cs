namespace RenderFarm.Contracts.Jobs;

/// <summary>One stored picture of a job.</summary>
public sealed record JobOutput
{
    /// <summary>Number within the job, from 0.</summary>
    public required int Number { get; init; }
    public required string ContentType { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Path of the picture in the API.</summary>
    public required string Url { get; init; }
}
