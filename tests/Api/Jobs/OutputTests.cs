using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Jobs;

public sealed class OutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Output_OfTheFolderStore_IsHandedOutAndLinksAreNot()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var url = await RenderAsync(farm);
        foreach (var path in new[] { url, $"{url}?as=content" })
            Assert.Equal(TestRenderer.Draw(7), await farm.Client.GetByteArrayAsync(path, Token));
        foreach (var (way, reason) in new[] { ("link", "Store:PublicEndpoint"), ("redirect", "Store:PublicEndpoint"), ("post", "as is 'post'; give one of content, redirect, link.") })
        {
            using var refused = await farm.Client.GetAsync($"{url}?as={way}", Token);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(reason, await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Output_OfAStoreThatGivesLinks_IsRedirectedToUnlessAskedForOtherwise()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, services: services => services.AddSingleton<IObjectStore, LinkingStore>());
        var url = await RenderAsync(farm);
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = farm.Client.BaseAddress };
        foreach (var path in new[] { url, $"{url}?as=redirect" })
        {
            using var redirect = await client.GetAsync(path, Token);
            Assert.Equal((HttpStatusCode.Found, LinkingStore.Url("named.png")), (redirect.StatusCode, redirect.Headers.Location!.AbsoluteUri));
        }

        var link = await farm.GetAsync<OutputLink>($"{url}?as=link");
        Assert.Equal((LinkingStore.Url("named.png"), LinkingStore.Expiry, "image/png", TestRenderer.Draw(7).Length), (link.Url.AbsoluteUri, link.ExpiresAt, link.ContentType, (int)link.Size));
        Assert.Equal(TestRenderer.Draw(7), await client.GetByteArrayAsync($"{url}?as=content", Token));
        using var foreign = new HttpRequestMessage(HttpMethod.Get, $"{url}?as=link") { Headers = { { "X-Tenant", "else" } } };
        using var unknown = await client.SendAsync(foreign, Token);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static async Task<string> RenderAsync(FarmHost farm)
    {
        var batch = await farm.SubmitAsync("{\"prompt\": \"a\", \"custom_id\": \"named\", \"seed\": 7}");
        await farm.FinishedAsync(batch.Id);
        return (await farm.JobsAsync(batch.Id))[0].Outputs[0].Url;
    }

    /// <summary>The folder store, with links.</summary>
    private sealed class LinkingStore(IOptions<StoreOptions> options) : StoreAround(new FolderObjectStore(options))
    {
        public static readonly DateTimeOffset Expiry = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public static string Url(string fileName) => $"https://pictures.example.org/{fileName}?signed=yes";

        public override Task<ObjectLink?> LinkAsync(string key, string fileName) => Task.FromResult<ObjectLink?>(new(new(Url(fileName)), Expiry));
    }
}
