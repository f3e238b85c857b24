using System.Net.Http.Headers;
using Minio;
using Minio.DataModel.Args;

namespace RenderFarm.Persistence.Storage;

/// <summary>
/// Makes presigned URLs (AWS signature version 4). Nobody is asked for it: the public address may not be reachable from here, and what is signed
/// includes it.
/// </summary>
internal sealed class LinkSigner : IDisposable
{
    /// <summary>What MinIO and S3 take where nothing else is said.</summary>
    private const string DefaultRegion = "us-east-1";

    private readonly IMinioClient _client;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;

    public LinkSigner(StoreOptions options, Uri address, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _client = new MinioClient().WithEndpoint(address.Authority).WithCredentials(options.AccessKey, options.SecretKey)
            .WithSSL(address.Scheme == Uri.UriSchemeHttps).WithRegion(string.IsNullOrEmpty(options.Region) ? DefaultRegion : options.Region).Build();
    }

    /// <summary>A link to an object, which browsers save under the file's name.</summary>
    public async Task<ObjectLink> SignAsync(string key, string fileName)
    {
        var now = _time.GetUtcNow();
        var disposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = fileName }.ToString();
        var url = await _client.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket(_options.Bucket).WithObject(key)
            .WithExpiry((int)_options.LinkLife.TotalSeconds).WithRequestDate(now.UtcDateTime)
            .WithHeaders(new Dictionary<string, string> { ["response-content-disposition"] = disposition })).ConfigureAwait(false);
        return new(new(url), now + TimeSpan.FromSeconds((int)_options.LinkLife.TotalSeconds));
    }

    public void Dispose() => _client.Dispose();
}
