namespace RenderFarm.Contracts.Pictures;

/// <summary>A picture that jobs name. Answer of <c>POST /v1/pictures</c> and <c>GET /v1/pictures/{id}</c>, and part of a job's status.</summary>
public sealed record InputPicture
{
    /// <summary>By which the tenant's jobs name it; equal for equal bytes.</summary>
    public required string Id { get; init; }

    /// <summary>Its object key; jobs may give it instead of the id.</summary>
    public required string Key { get; init; }

    /// <summary>image/png, image/jpeg or image/webp.</summary>
    public required string ContentType { get; init; }

    /// <summary>Pixels, as the picture is meant to be seen.</summary>
    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Of the file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
}
