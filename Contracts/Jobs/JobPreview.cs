namespace RenderFarm.Contracts.Jobs;

/// <summary>The picture of a running job as far as it was drawn a little while ago.</summary>
public sealed record JobPreview
{
    /// <summary>Where to fetch it, always the newest one, while the job runs.</summary>
    public required string Url { get; init; }

    /// <summary>The stage that it shows.</summary>
    public required string Stage { get; init; }

    /// <summary>Steps of this stage that were done.</summary>
    public required int Step { get; init; }
    public required int Steps { get; init; }
    public required DateTimeOffset At { get; init; }
}
