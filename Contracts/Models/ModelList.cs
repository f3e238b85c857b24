namespace RenderFarm.Contracts.Models;

/// <summary>Answer of <c>GET /v1/models</c>.</summary>
public sealed record ModelList
{
    public required IReadOnlyList<ModelStatus> Items { get; init; }
}
