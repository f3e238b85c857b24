namespace RenderFarm.Api.Submissions;

/// <summary>A batch submitted by message, as text, with what to call its parts towards the sender.</summary>
internal sealed record BatchMessage
{
    /// <summary>Whose it is, as the sender gave it.</summary>
    public required string? Tenant { get; init; }
    public required string TenantName { get; init; }

    /// <summary>The message's id, as the sender gave it.</summary>
    public required string? Id { get; init; }
    public required string IdName { get; init; }
    public required byte[] Body { get; init; }

    /// <summary>Whether the body is one JSON object; else it is JSON Lines.</summary>
    public required bool IsDocument { get; init; }
}
