using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Minio;
using Minio.DataModel.Args;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Chaos.Links;

/// <summary>An HTTP proxy before MinIO that has moods. What goes through unharmed keeps its signature, because the Host header goes through as well.</summary>
internal sealed class StoreProxy : IAsyncDisposable
{
    private const string Metadata = "x-amz-meta-";

    // Two, so that a picture that is written wrong does not come back right.
    private const byte WrittenBit = 0x40;
    private const byte ReadBit = 0x01;
    private static readonly string[] Hops = ["Transfer-Encoding", "Connection", "Keep-Alive"];
    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None });
    private readonly IMinioClient _behind;
    private readonly string _target;
    private readonly Random _random;
    private volatile StoreMood _mood;

    private StoreProxy(StoreOptions store, int seed)
    {
        _random = new(seed);
        _target = $"http://{store.Endpoint}";
        _behind = new MinioClient().WithEndpoint(store.Endpoint).WithCredentials(store.AccessKey, store.SecretKey).WithSSL(false).Build();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Requests that were not served as MinIO would have.</summary>
    public int Harmed => _harmed;
    private int _harmed;

    public StoreMood Mood
    {
        get => _mood;
        set => _mood = value;
    }

    public static async Task<StoreProxy> StartAsync(StoreOptions store, int seed)
    {
        var proxy = new StoreProxy(store, seed);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _client.Dispose();
        _behind.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var (mood, chance) = (_mood, Chance());
        switch (mood)
        {
            case StoreMood.Slow:
                Interlocked.Increment(ref _harmed);
                await Task.Delay(TimeSpan.FromSeconds(3 * chance), context.RequestAborted);
                await ForwardAsync(context, body.ToArray(), static bytes => bytes);
                break;
            case StoreMood.Failing when chance < 0.5:
                Interlocked.Increment(ref _harmed);
                if (chance < 0.25)
                    await AskAsync(context, body.ToArray());
                context.Response.StatusCode = 500;
                break;
            case StoreMood.Lying when chance < 0.5 && context.Request.Method == "PUT":
                Interlocked.Increment(ref _harmed);
                await LieAsync(context, body.ToArray(), chance);
                break;
            case StoreMood.Lying when chance < 0.2 && context.Request.Method == "GET":
                Interlocked.Increment(ref _harmed);
                await ForwardAsync(context, [], bytes => Corrupt(bytes, ReadBit));
                break;
            default:
                await ForwardAsync(context, body.ToArray(), static bytes => bytes);
                break;
        }
    }

    /// <summary>Says that an upload is kept, and keeps something else under its name, or nothing.</summary>
    private async Task LieAsync(HttpContext context, byte[] body, double chance)
    {
        var kept = chance < 0.15 ? null : chance < 0.3 ? body[..(body.Length / 2)] : Corrupt(body, WrittenBit);
        if (kept is not null)
        {
            var path = context.Request.Path.Value!.TrimStart('/').Split('/', 2);
            using var stream = new MemoryStream(kept);
            var headers = context.Request.Headers.Where(header => header.Key.StartsWith(Metadata, StringComparison.OrdinalIgnoreCase)).ToDictionary(header => header.Key, header => header.Value.ToString());
            await _behind.PutObjectAsync(new PutObjectArgs().WithBucket(path[0]).WithObject(path[1]).WithStreamData(stream).WithObjectSize(kept.Length).WithHeaders(headers), context.RequestAborted);
        }

        context.Response.Headers.ETag = "\"d41d8cd98f00b204e9800998ecf8427e\"";
    }

    private async Task ForwardAsync(HttpContext context, byte[] body, Func<byte[], byte[]> distort)
    {
        using var answer = await AskAsync(context, body);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !Hops.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            context.Response.Headers[name] = values.ToArray();
        if (context.Request.Method != "HEAD")
            await context.Response.Body.WriteAsync(distort(await answer.Content.ReadAsByteArrayAsync(context.RequestAborted)), context.RequestAborted);
    }

    private async Task<HttpResponseMessage> AskAsync(HttpContext context, byte[] body)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = new HttpRequestMessage(new(context.Request.Method), new Uri(_target + raw)) { Content = body.Length == 0 && context.Request.Method != "PUT" ? null : new ByteArrayContent(body) };
        foreach (var (name, values) in context.Request.Headers)
            if (!Hops.Contains(name, StringComparer.OrdinalIgnoreCase) && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        request.Headers.Host = context.Request.Host.Value;
        return await _client.SendAsync(request, context.RequestAborted);
    }

    private static byte[] Corrupt(byte[] bytes, byte bit)
    {
        var other = bytes.ToArray();
        if (other.Length > 0)
            other[other.Length / 2] ^= bit;
        return other;
    }

    private double Chance()
    {
        lock (_random)
            return _random.NextDouble();
    }
}
