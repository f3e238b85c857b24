using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Jobs;

public sealed class PreviewTests : IDisposable
{
    private static readonly Dictionary<string, string?> AlwaysSeen = new() { ["Rendering:PreviewInterval"] = "00:00:00.0000001" };
    private readonly TemporaryFolder _folder = new();
    private readonly TestRenderer _renderer = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _renderer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Preview_OfARunningJob_IsHandedOutToItsTenantUntilThereAreOutputs()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen);
        var (batch, job) = await SubmitAsync(farm, "seen, hold");
        var seen = (await RunningAsync(farm, job, status => status.Preview is not null)).Preview!;
        Assert.Equal(($"/v1/jobs/{job}/preview", "stage1", 1, TestRenderer.Steps), (seen.Url, seen.Stage, seen.Step, seen.Steps));

        using var answer = await farm.Client.GetAsync(seen.Url, Token);
        Assert.Equal(TestRenderer.DrawUnfinished(7, 1), await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(("image/png", "no-cache, private"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.ToString()));
        using var same = new HttpRequestMessage(HttpMethod.Get, seen.Url) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await farm.Client.SendAsync(same, Token)).StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, seen.Url) { Headers = { { "X-Tenant", "else" } } };
        Assert.Contains("There is no job", await NoneAsync(await farm.Client.SendAsync(foreign, Token)), StringComparison.Ordinal);

        _renderer.Release();
        await farm.FinishedAsync(batch);
        Assert.Contains($"/v1/jobs/{job}/outputs/0", await NoneAsync(await farm.Client.GetAsync(seen.Url, Token)), StringComparison.Ordinal);
        Assert.Null((await farm.GetAsync<JobStatus>($"/v1/jobs/{job}")).Preview);
        var store = farm.Services.GetRequiredService<IObjectStore>();
        await FarmHost.EventuallyAsync(async () => await store.ListAsync(string.Empty, Token).CountAsync(Token), objects => objects == 1);
    }

    [Fact]
    public async Task Preview_OfAJobThatHasNone_SaysWhy()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen);
        var (_, running) = await SubmitAsync(farm, "hold");
        await RunningAsync(farm, running, status => status.State == JobState.Running);
        var (waits, queued) = await SubmitAsync(farm, "hold too");
        (await farm.Client.PostAsync($"/v1/batches/{waits}/pause", null, Token)).Dispose();

        Assert.Contains("Rendering:PreviewInterval", await NoneAsync(await farm.Client.GetAsync($"/v1/jobs/{running}/preview", Token)), StringComparison.Ordinal);
        Assert.Contains("waits to be drawn", await NoneAsync(await farm.Client.GetAsync($"/v1/jobs/{queued}/preview", Token)), StringComparison.Ordinal);
        (await farm.Client.PostAsync($"/v1/jobs/{queued}/cancel", null, Token)).Dispose();
        Assert.Contains("is canceled", await NoneAsync(await farm.Client.GetAsync($"/v1/jobs/{queued}/preview", Token)), StringComparison.Ordinal);
        Assert.Contains("There is no job", await NoneAsync(await farm.Client.GetAsync($"/v1/jobs/{Guid.NewGuid()}/preview", Token)), StringComparison.Ordinal);
        _renderer.Release();
    }

    [Fact]
    public async Task Status_OfAStoreThatIsAway_IsAnsweredWithoutAPreview()
    {
        MuteStore? store = null;
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen,
            services => services.AddSingleton<IObjectStore>(provider => store = new(provider.GetRequiredService<IOptions<StoreOptions>>())));
        var (batch, job) = await SubmitAsync(farm, "seen, hold");
        await RunningAsync(farm, job, status => status.Preview is not null);
        store!.IsAway = true;

        // What was seen last holds for a moment.
        await RunningAsync(farm, job, status => status.Preview is null);
        using var answer = await farm.Client.GetAsync($"/v1/jobs/{job}/preview", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        store.IsAway = false;
        _renderer.Release();
        await farm.FinishedAsync(batch);
    }

    [Fact]
    public async Task Preview_ThatWhoeverAsksHas_IsNotOpened()
    {
        MuteStore? store = null;
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], AlwaysSeen,
            services => services.AddSingleton<IObjectStore>(provider => store = new(provider.GetRequiredService<IOptions<StoreOptions>>())));
        var (batch, job) = await SubmitAsync(farm, "seen, hold");
        var seen = (await RunningAsync(farm, job, status => status.Preview is not null)).Preview!;
        using var first = await farm.Client.GetAsync(seen.Url, Token);
        Assert.Equal(1, store!.Opened);

        using var same = new HttpRequestMessage(HttpMethod.Get, seen.Url) { Headers = { { "If-None-Match", $"\"other\", W/{first.Headers.ETag}" } } };
        using var answer = await farm.Client.SendAsync(same, Token);
        Assert.Equal((HttpStatusCode.NotModified, first.Headers.ETag, 1), (answer.StatusCode, answer.Headers.ETag, store.Opened));
        using var other = new HttpRequestMessage(HttpMethod.Get, seen.Url) { Headers = { { "If-None-Match", "\"other\"" } } };
        using var whole = await farm.Client.SendAsync(other, Token);
        Assert.Equal((HttpStatusCode.OK, 2), (whole.StatusCode, store.Opened));
        _renderer.Release();
        await farm.FinishedAsync(batch);
    }

    private static async Task<(Guid Batch, Guid Job)> SubmitAsync(FarmHost farm, string prompt)
    {
        var batch = await farm.SubmitAsync($"{{\"prompt\": \"{prompt}\", \"seed\": 7}}");
        return (batch.Id, Assert.Single(await farm.JobsAsync(batch.Id)).Id);
    }

    private static Task<JobStatus> RunningAsync(FarmHost farm, Guid job, Func<JobStatus, bool> isRight) =>
        FarmHost.EventuallyAsync(() => farm.GetAsync<JobStatus>($"/v1/jobs/{job}"), isRight);

    private static async Task<string> NoneAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString()!;
        }
    }

    /// <summary>The folder store, which at times does not say what it holds, and counts what is opened.</summary>
    private sealed class MuteStore(IOptions<StoreOptions> options) : StoreAround(new FolderObjectStore(options))
    {
        private int _opened;

        public bool IsAway { get; set; }

        public int Opened => _opened;

        public override Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _opened);
            return base.OpenAsync(key, cancellationToken);
        }

        public override IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, CancellationToken cancellationToken) =>
            IsAway ? throw new StoreException("The store is away.") : base.ListAsync(prefix, cancellationToken);
    }
}
