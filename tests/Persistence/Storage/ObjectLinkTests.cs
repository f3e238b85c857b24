using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RenderFarm.Persistence.Storage;
using RenderFarm.ServerTesting;
using Xunit;

namespace RenderFarm.Persistence.Tests.Storage;

public sealed class ObjectLinkTests
{
    private const string Key = "t/b/j/1-0.png";
    private const string FileName = "a \"große\" star; 50%.png";
    private static readonly byte[] Picture = [.. Enumerable.Range(0, 50_000).Select(i => (byte)(i * 7))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Link_AsMade_GivesTheExactBytesWithTypeAndName()
    {
        await using var server = await MinioServer.StartAsync();
        using var store = await StoreAsync(server, TimeProvider.System);
        var link = await store.LinkAsync(Key, FileName);

        using var answer = await GetAsync(link!.Url);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Picture, await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal("image/png", answer.Content.Headers.ContentType!.MediaType);
        var disposition = answer.Content.Headers.ContentDisposition!;
        Assert.Equal(("attachment", FileName), (disposition.DispositionType, disposition.FileNameStar));
    }

    [Fact]
    public async Task Link_PastItsLife_IsRefused()
    {
        await using var server = await MinioServer.StartAsync();
        var life = server.Options.LinkLife;
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow() - life - TimeSpan.FromMinutes(1));
        using var store = await StoreAsync(server, clock);
        var link = await store.LinkAsync(Key, FileName);

        Assert.Equal(clock.GetUtcNow() + life, link!.ExpiresAt);
        using var answer = await GetAsync(link.Url);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("Request has expired", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/1-0.png", "/2-0.png")]
    [InlineData("X-Amz-Expires=600", "X-Amz-Expires=6000")]
    [InlineData("attachment", "inline")]
    public async Task Link_TamperedWith_IsRefused(string part, string instead)
    {
        await using var server = await MinioServer.StartAsync();
        using var store = await StoreAsync(server, TimeProvider.System);
        await store.PutAsync("t/b/j/2-0.png", Picture, "image/png", Token);
        var url = (await store.LinkAsync(Key, FileName))!.Url.AbsoluteUri;
        Assert.Contains(part, url, StringComparison.Ordinal);

        using var answer = await GetAsync(new(url.Replace(part, instead, StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("SignatureDoesNotMatch", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    /// <summary>Behind the address that the world sees may be anything, and it need not be reachable from here.</summary>
    [Fact]
    public async Task Link_PublicEndpoint_IsNamedWithoutBeingAsked()
    {
        using var store = new MinioObjectStore(Options.Create(new StoreOptions
        {
            Provider = "minio", Endpoint = "127.0.0.1:1", AccessKey = "a", SecretKey = "secret-secret", UseTls = false, PublicEndpoint = "https://pictures.example.org", Region = "eu-central-1",
        }));
        var url = (await store.LinkAsync(Key, "a.png"))!.Url;
        Assert.StartsWith($"https://pictures.example.org/renderfarm/{Key}?", url.AbsoluteUri, StringComparison.Ordinal);
        Assert.Contains("%2Feu-central-1%2Fs3%2Faws4_request", url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_NoPublicEndpointOrAFolder_IsNone()
    {
        using var store = new MinioObjectStore(Options.Create(new StoreOptions { Provider = "minio", Endpoint = "127.0.0.1:1", AccessKey = "a", SecretKey = "secret-secret" }));
        Assert.Null(await store.LinkAsync(Key, "a.png"));
        IObjectStore folder = new FolderObjectStore(Options.Create(new StoreOptions { Folder = Path.GetTempPath() }));
        Assert.Null(await folder.LinkAsync(Key, "a.png"));
    }

    private static async Task<MinioObjectStore> StoreAsync(MinioServer server, TimeProvider time)
    {
        server.Options.PublicEndpoint = $"http://{server.Options.Endpoint}";
        var store = new MinioObjectStore(Options.Create(server.Options), time);
        await store.PutAsync(Key, Picture, "image/png", Token);
        return store;
    }

    private static async Task<HttpResponseMessage> GetAsync(Uri url)
    {
        using var client = new HttpClient();
        return await client.GetAsync(url, Token);
    }
}
