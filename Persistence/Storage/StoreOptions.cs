using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Persistence.Storage;

/// <summary>Where pictures are kept.</summary>
public sealed class StoreOptions : IValidatableObject
{
    public const string Section = "Store";
    private static readonly TimeSpan MaxLinkLife = TimeSpan.FromDays(7);

    /// <summary>"folder" or "minio" (any S3). Default: folder.</summary>
    public string Provider { get; set; } = "folder";

    /// <summary>The folder store's folder. Default: pictures in the working folder.</summary>
    public string Folder { get; set; } = "pictures";

    /// <summary>Host and port of the S3 service.</summary>
    public string? Endpoint { get; set; }

    public string? AccessKey { get; set; }

    public string? SecretKey { get; set; }

    /// <summary>Bucket; must exist. Default: renderfarm.</summary>
    public string Bucket { get; set; } = "renderfarm";

    /// <summary>Whether the S3 service speaks TLS. Default: true.</summary>
    public bool UseTls { get; set; } = true;

    /// <summary>Region that links to the S3 service are signed for. Default: MinIO's and S3's own, us-east-1.</summary>
    public string? Region { get; set; }

    /// <summary>
    /// Address of the S3 service as those reach it who fetch pictures, such as https://pictures.example.org: they are then sent there for them.
    /// Default: none, the API hands pictures out itself.
    /// </summary>
    public string? PublicEndpoint { get; set; }

    /// <summary>How long a picture's link to the S3 service is good for, 1 second to 7 days. Default: 10 minutes.</summary>
    public TimeSpan LinkLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest time of an upload with its verification, a read or a delete in an S3 service; what takes longer counts as failed. Default: 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Age from which a picture that no job refers to is deleted; a finished job's kept stages go at any age. Default: 1 hour.</summary>
    public TimeSpan OrphanGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a picture that jobs can name stays after its upload and after the last submission that named it, a minute or more; it stays longer while a batch
    /// or a schedule that names it is kept. Default: 1 day.
    /// </summary>
    public TimeSpan UploadGrace { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Objects looked at by one sweep for such orphans; the next one goes on from there. Default: 2,000.</summary>
    [Range(1, 100_000, ErrorMessage = "Store:OrphanPortion must be 1 to 100,000.")]
    public int OrphanPortion { get; set; } = 2000;

    /// <summary>The public endpoint, where one is set and is an address.</summary>
    internal Uri? PublicAddress =>
        Uri.TryCreate(PublicEndpoint, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" } ? address : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider is not ("folder" or "minio"))
            yield return new($"Store:Provider is '{Provider}'; set it to 'folder' or 'minio'.", [nameof(Provider)]);
        if (Provider == "folder" && string.IsNullOrWhiteSpace(Folder))
            yield return new("Store:Folder is empty; name the folder that keeps the pictures.", [nameof(Folder)]);
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1))
            yield return new($"Store:Timeout is {Timeout}; give a time above zero, at most an hour.", [nameof(Timeout)]);
        if (OrphanGrace < TimeSpan.FromMinutes(1))
            yield return new($"Store:OrphanGrace is {OrphanGrace}; give a minute or more.", [nameof(OrphanGrace)]);
        if (UploadGrace < TimeSpan.FromMinutes(1))
            yield return new($"Store:UploadGrace is {UploadGrace}; give a minute or more.", [nameof(UploadGrace)]);
        if (LinkLife < TimeSpan.FromSeconds(1) || LinkLife > MaxLinkLife)
            yield return new($"Store:LinkLife is {LinkLife}; give 1 second to {MaxLinkLife.Days} days.", [nameof(LinkLife)]);
        if (!string.IsNullOrEmpty(PublicEndpoint) && (Provider != "minio" || PublicAddress is null))
            yield return new(Provider == "minio" ? $"Store:PublicEndpoint is '{PublicEndpoint}'; give scheme, host and port alone, such as 'https://pictures.example.org'."
                : $"Store:PublicEndpoint is '{PublicEndpoint}' and Store:Provider '{Provider}', which gives no links; leave it out.", [nameof(PublicEndpoint)]);
        if (Provider != "minio")
            yield break;
        foreach (var (name, value) in new[] { (nameof(Endpoint), Endpoint), (nameof(AccessKey), AccessKey), (nameof(SecretKey), SecretKey), (nameof(Bucket), Bucket) })
            if (string.IsNullOrWhiteSpace(value))
                yield return new($"Store:{name} is empty; Store:Provider 'minio' needs it.", [name]);
    }
}
