using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Maintenance;

public sealed class DashboardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dashboard_UserAndPasswordSet_OpensToThemAlone()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [], new Dictionary<string, string?> { ["Maintenance:DashboardUser"] = "operator", ["Maintenance:DashboardPassword"] = "se:cret" });
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(farm, "Basic", "operator:se:cret")).Status);
        Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), await AskAsync(farm, null, string.Empty));
        foreach (var (scheme, credentials) in new[] { ("Basic", "operator:wrong"), ("Basic", "operator"), ("Bearer", "operator:se:cret"), ("Basic", string.Empty) })
            Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(farm, scheme, credentials)).Status);
        using var garbage = new HttpRequestMessage(HttpMethod.Get, "/hangfire/recurring") { Headers = { { "Authorization", "Basic !!!" } } };
        using var refused = await farm.Client.SendAsync(garbage, Token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Dashboard_NothingSet_IsNotThere()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, []);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(farm, "Basic", "operator:se:cret")).Status);
    }

    private static async Task<(HttpStatusCode Status, string? Scheme)> AskAsync(FarmHost farm, string? scheme, string credentials)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hangfire/recurring");
        if (scheme is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(scheme, Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        using var response = await farm.Client.SendAsync(request, Token);
        return (response.StatusCode, response.Headers.WwwAuthenticate.FirstOrDefault()?.Scheme);
    }
}
