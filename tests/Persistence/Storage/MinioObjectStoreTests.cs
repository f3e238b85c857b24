using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Storage;
using RenderFarm.ServerTesting;
using Xunit;

namespace RenderFarm.Persistence.Tests.Storage;

public sealed class MinioObjectStoreTests
{
    private const string Key = "t/b/j/1-0.png";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_Bytes_AreVerifiedListedReadAndDeleted()
    {
        await using var server = await MinioServer.StartAsync();
        using var store = new MinioObjectStore(Options.Create(server.Options));
        await store.CheckAsync(Token);
        var content = Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7)).ToArray();

        var stored = await store.PutAsync(Key, content, "image/png", Token);
        Assert.Equal(content.Length, stored.Size);
        Assert.Equal([Key], await store.ListAsync("t/", Token).Select(item => item.Key).ToListAsync(Token));
        await using (var read = await store.OpenAsync(Key, Token))
        {
            using var copy = new MemoryStream();
            await read!.CopyToAsync(copy, Token);
            Assert.Equal(content, copy.ToArray());
        }

        await store.DeleteAsync(Key, Token);
        await store.DeleteAsync(Key, Token);
        Assert.Null(await store.OpenAsync(Key, Token));
    }

    [Fact]
    public async Task I4_Orphans_AreSweptOutOfABucketInPortions()
    {
        await using var server = await MinioServer.StartAsync();
        using var store = new MinioObjectStore(Options.Create(server.Options));
        await OrphanSweeperTests.AssertSweepsAsync("sqlite", store);
    }

    [Fact]
    public async Task Check_BucketThatIsNotThere_SaysWhichAndTheRemedy()
    {
        await using var server = await MinioServer.StartAsync();
        server.Options.Bucket = "elsewhere";
        using var store = new MinioObjectStore(Options.Create(server.Options));
        var error = await Assert.ThrowsAsync<StoreException>(() => store.CheckAsync(Token));
        Assert.Contains("'elsewhere' does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_StoreThatNeverAnswers_IsTransient()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var store = new MinioObjectStore(Options.Create(new StoreOptions
        {
            Provider = "minio", Endpoint = silent.LocalEndpoint.ToString(), AccessKey = "a", SecretKey = "secret-secret", UseTls = false,
            Timeout = TimeSpan.FromMilliseconds(100),
        }));
        var error = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync(Key, new byte[1], "image/png", Token));
        Assert.Contains("Store:Timeout, 00:00:00.1", error.Message, StringComparison.Ordinal);
        Assert.True(Outage.Is(error));
    }

    [Fact]
    public async Task Open_ObjectThatTheDiskDamaged_IsAnOutage()
    {
        await using var server = await MinioServer.StartAsync();
        using var store = new MinioObjectStore(Options.Create(server.Options));
        var content = Enumerable.Range(0, 1000).Select(i => (byte)(i * 7)).ToArray();
        await store.PutAsync(Key, content, "image/png", Token);
        await server.DamageAsync(content, Token);

        var error = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(Key, Token));

        Assert.Contains($"Cannot read '{Key}'", error.Message, StringComparison.Ordinal);
        Assert.True(Outage.Is(error));
    }

    [Fact]
    public async Task List_NobodyListens_IsAnOutage()
    {
        using var store = new MinioObjectStore(Options.Create(new StoreOptions
        {
            Provider = "minio", Endpoint = "127.0.0.1:1", AccessKey = "a", SecretKey = "secret-secret", UseTls = false,
        }));

        var error = await Assert.ThrowsAsync<StoreException>(async () => await store.ListAsync("previews/", Token).ToListAsync(Token));

        Assert.Contains("Cannot list 'previews/'", error.Message, StringComparison.Ordinal);
        Assert.True(Outage.Is(error));
    }

    [Fact]
    public async Task Put_NobodyListens_IsTransient()
    {
        using var store = new MinioObjectStore(Options.Create(new StoreOptions
        {
            Provider = "minio", Endpoint = "127.0.0.1:1", AccessKey = "a", SecretKey = "secret-secret", UseTls = false,
        }));
        await Assert.ThrowsAsync<StoreException>(() => store.PutAsync(Key, new byte[1], "image/png", Token));
    }
}
