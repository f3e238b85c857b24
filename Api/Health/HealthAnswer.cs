namespace RenderFarm.Api.Health;

/// <summary>Answer of <c>/health/ready</c>.</summary>
public sealed record HealthAnswer
{
    public required string Status { get; init; }

    /// <summary>What each check says.</summary>
    public required IReadOnlyDictionary<string, string> Checks { get; init; }

    /// <summary>The checks that keep the farm from working.</summary>
    public required IReadOnlyList<string> Failing { get; init; }
}
