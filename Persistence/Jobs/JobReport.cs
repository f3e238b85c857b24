using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Persistence.Jobs;

/// <summary>What a worker says about a job it rendered.</summary>
public sealed record JobReport
{
    public required IReadOnlyList<StageTiming> Timings { get; init; }
    public required IReadOnlyList<string> UnknownWords { get; init; }
    public required IReadOnlyDictionary<string, string> Provenance { get; init; }
}
