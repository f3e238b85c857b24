namespace RenderFarm.Contracts.Jobs;

/// <summary>Answer of <c>GET /v1/jobs/{id}/outputs/{number}?as=link</c>: where to fetch a picture without the API, and without credentials.</summary>
public sealed record OutputLink
{
    /// <summary>Whoever has it can fetch this picture, and nothing else, until it expires.</summary>
    public required Uri Url { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required string ContentType { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
}
