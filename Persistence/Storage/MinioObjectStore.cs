using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace RenderFarm.Persistence.Storage;

/// <summary>Keeps objects in a bucket of MinIO or any S3. The SHA-256 travels as metadata and is read back after the upload.</summary>
public sealed class MinioObjectStore : IObjectStore, IDisposable
{
    private const string Sha256Header = "x-amz-meta-sha256";
    private readonly IMinioClient _client;
    private readonly StoreOptions _options;
    private readonly LinkSigner? _signer;

    public MinioObjectStore(IOptions<StoreOptions> options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _client = new MinioClient().WithEndpoint(_options.Endpoint).WithCredentials(_options.AccessKey, _options.SecretKey).WithSSL(_options.UseTls).Build();
        _signer = _options.PublicAddress is { } address ? new(_options, address, time ?? TimeProvider.System) : null;
    }

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken) =>
        GuardAsync(ObjectKey.Check(key), "store", async token =>
        {
            var sha256 = Digest.Of(content.Span);
            using var body = new MemoryStream(content.ToArray(), writable: false);
            await _client.PutObjectAsync(new PutObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithStreamData(body).WithObjectSize(body.Length)
                .WithContentType(contentType).WithHeaders(new Dictionary<string, string> { [Sha256Header] = sha256 }), token).ConfigureAwait(false);
            using var stored = await ReadAsync(key, token).ConfigureAwait(false);
            var (size, actual) = await Digest.OfAsync(stored, token).ConfigureAwait(false);
            if (size != content.Length || actual != sha256)
            {
                await DeleteAsync(key, token).ConfigureAwait(false);
                throw new StoreException($"Upload of '{key}' came back as {size} bytes with SHA-256 {actual}, not {content.Length} with {sha256}; it was deleted.");
            }

            return new StoredObject(key, size, sha256);
        }, cancellationToken);

    public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) =>
        GuardAsync<Stream?>(ObjectKey.Check(key), "read", async token =>
        {
            try
            {
                return await ReadAsync(key, token).ConfigureAwait(false);
            }
            catch (ObjectNotFoundException)
            {
                return null;
            }
        }, cancellationToken);

    public async Task<ObjectLink?> LinkAsync(string key, string fileName) =>
        _signer is null ? null : await _signer.SignAsync(ObjectKey.Check(key), fileName).ConfigureAwait(false);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        GuardAsync(ObjectKey.Check(key), "delete", async token =>
        {
            await _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(_options.Bucket).WithObject(key), token).ConfigureAwait(false);
            return true;
        }, cancellationToken);

    public async IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var arguments = new ListObjectsArgs().WithBucket(_options.Bucket).WithPrefix(prefix).WithRecursive(true);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var objects = _client.ListObjectsEnumAsync(arguments, stop.Token).GetAsyncEnumerator(stop.Token);
        await using var _ = objects.ConfigureAwait(false);
        while (await GuardAsync(prefix, "list", NextAsync, cancellationToken).ConfigureAwait(false))
        {
            var item = objects.Current;
            yield return (item.Key, item.LastModifiedDateTime is { } time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : DateTimeOffset.MinValue);
        }

        // A listing has one token for all its pages; each page has its own time.
        async Task<bool> NextAsync(CancellationToken token)
        {
            using var registration = token.Register(stop.Cancel);
            return await objects.MoveNextAsync().ConfigureAwait(false);
        }
    }

    public Task<string> PrepareAsync(CancellationToken cancellationToken) =>
        GuardAsync(_options.Bucket, "create bucket", async token =>
        {
            if (await ExistsAsync(token).ConfigureAwait(false))
                return $"Bucket '{_options.Bucket}' at {_options.Endpoint} was there.";
            await _client.MakeBucketAsync(new MakeBucketArgs().WithBucket(_options.Bucket), token).ConfigureAwait(false);
            return $"Bucket '{_options.Bucket}' at {_options.Endpoint} was created.";
        }, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) =>
        GuardAsync(_options.Bucket, "reach bucket", async token =>
        {
            if (!await ExistsAsync(token).ConfigureAwait(false))
                throw new StoreException($"Bucket '{_options.Bucket}' does not exist at {_options.Endpoint}; run 'dotnet RenderFarm.Api.dll migrate', create it, or set Store:Bucket.");
            return true;
        }, cancellationToken);

    public void Dispose()
    {
        _client.Dispose();
        _signer?.Dispose();
    }

    private Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(_options.Bucket), cancellationToken);

    private async Task<Stream> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        await _client.GetObjectAsync(new GetObjectArgs().WithBucket(_options.Bucket).WithObject(key)
            .WithCallbackStream((stream, token) => stream.CopyToAsync(body, token)), cancellationToken).ConfigureAwait(false);
        body.Position = 0;
        return body;
    }

    /// <summary>A store that does not answer is as good as one that says no: whoever waits for it holds a job.</summary>
    private async Task<T> GuardAsync<T>(string key, string verb, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.Timeout);
        try
        {
            return await work(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MinioException or HttpRequestException or SocketException or WebException or IOException)
        {
            throw new StoreException($"Cannot {verb} '{key}' in bucket '{_options.Bucket}' at {_options.Endpoint}: {e.Message}", e);
        }
        catch (NullReferenceException e)
        {
            // The client makes this of an answer that is an error without a text, such as MinIO's for a small object that its disk damaged.
            throw new StoreException($"Cannot {verb} '{key}' in bucket '{_options.Bucket}' at {_options.Endpoint}: the answer is an error and does not say which.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreException($"Cannot {verb} '{key}' in bucket '{_options.Bucket}' at {_options.Endpoint}: no answer within Store:Timeout, {_options.Timeout}.", e);
        }
    }
}
