namespace RenderFarm.Persistence.Jobs;

/// <summary>A rendered job whose pictures are stored and verified.</summary>
public sealed record JobResult
{
    public required HeldJob Job { get; init; }
    public required IReadOnlyList<Output> Outputs { get; init; }
    public required JobReport Report { get; init; }
}
