using System.Net;
using System.Text.Json;
using RenderFarm.Api.Start;
using RenderFarm.Contracts.Models;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Start;

public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _other = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Start_PortInUse_SaysWhichAndTheRemedy()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var url = farm.Client.BaseAddress!.ToString().TrimEnd('/');
        var error = await Assert.ThrowsAsync<FarmStartException>(() => FarmHost.StartAsync(_other.Path, [], new Dictionary<string, string?> { ["urls"] = url }));
        Assert.Contains(url, error.Message, StringComparison.Ordinal);
        Assert.Contains("--urls", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FilesOfARunningFarm_AreRefused()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var error = await Assert.ThrowsAsync<FarmStartException>(() => FarmHost.StartAsync(_folder.Path, []));
        Assert.Contains("Database:File", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Database:Provider", "mongo", "Database:Provider is 'mongo'; set it to 'sqlite' or 'postgres'.")]
    [InlineData("Messaging:Transport", "pigeon", "Messaging:Transport is 'pigeon'")]
    [InlineData("Messaging:Transport", "rabbitmq", "Messaging:Address")]
    [InlineData("Store:Provider", "tape", "Store:Provider is 'tape'")]
    [InlineData("Store:PublicEndpoint", "https://pictures.example.org", "and Store:Provider 'folder', which gives no links")]
    [InlineData("Store:LinkLife", "8.00:00:00", "Store:LinkLife is 8.00:00:00; give 1 second to 7 days.")]
    [InlineData("Dispatch:Runway", "0", "Dispatch:Runway must be 1 to 100,000.")]
    [InlineData("Dispatch:IdleInterval", "00:00:00", "Dispatch:IdleInterval is 00:00:00")]
    [InlineData("Telemetry:QueueInterval", "00:00:00", "Telemetry:QueueInterval is 00:00:00; give a time above zero.")]
    [InlineData("Retention:FinishedFor", "00:00:01", "Retention:FinishedFor is 00:00:01; give a minute or more")]
    [InlineData("Maintenance:DashboardUser", "operator", "Maintenance:DashboardPassword is empty; set both")]
    [InlineData("Worker:Lease", "00:00:00.200", "Worker:Lease is 00:00:00.2000000")]
    public async Task Start_BadSetting_NamesItItsValueAndTheRemedy(string setting, string value, string message)
    {
        var error = await Assert.ThrowsAsync<FarmStartException>(() =>
            FarmHost.StartAsync(_folder.Path, [new TestRenderer()], new Dictionary<string, string?> { [setting] = value }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MessagesInMemoryOnASharedDatabase_IsRefusedBeforeTheDatabaseIsTouched()
    {
        var error = await Assert.ThrowsAsync<FarmStartException>(() => FarmHost.StartAsync(_folder.Path, [], new Dictionary<string, string?>
        {
            // Nobody listens there: had it been touched, the error would be another.
            ["Database:Provider"] = "postgres", ["Database:ConnectionString"] = "Host=127.0.0.1;Port=1;Username=a;Password=b;Database=c",
        }));
        Assert.Contains("Messaging:Transport is 'memory' and Database:Provider is 'postgres'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'rabbitmq'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_StoreThatCannotBeWritten_SaysWhich()
    {
        await File.WriteAllTextAsync(_folder.File("pictures"), "a file", Token);
        var error = await Assert.ThrowsAsync<FarmStartException>(() => FarmHost.StartAsync(_folder.Path, []));
        Assert.Contains("Store:Folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_WholeFarm_IsLiveAndReady()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        using var live = await farm.Client.GetAsync("/health/live", Token);
        using var ready = await farm.Client.GetAsync("/health/ready", Token);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, ready.StatusCode));
        Assert.Contains("worker", await ready.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_OfTheWorker_AreListedWithTheirDefaults()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var model = Assert.Single((await farm.GetAsync<ModelList>("/v1/models")).Items);
        Assert.Equal(("test", true, true), (model.Name, model.IsDefault, model.IsServed));
        Assert.Equal([4, 2], model.Stages.Select(stage => stage.Steps));
    }

    [Fact]
    public async Task OpenApi_Document_HasEveryRoute()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        using var document = JsonDocument.Parse(await farm.Client.GetStringAsync("/openapi/v1.json", Token));
        var paths = document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name.TrimEnd('/'));
        Assert.Equal(
            [
                "/v1/batches", "/v1/batches/{id}", "/v1/batches/{id}/cancel", "/v1/batches/{id}/jobs", "/v1/batches/{id}/pause", "/v1/batches/{id}/resume",
                "/v1/jobs/{id}", "/v1/jobs/{id}/cancel", "/v1/jobs/{id}/explain", "/v1/jobs/{id}/outputs/{number}", "/v1/jobs/{id}/preview",
                "/v1/models", "/v1/models/{name}/pause", "/v1/models/{name}/resume", "/v1/pictures", "/v1/pictures/{id}", "/v1/pictures/{id}/content", "/v1/schedules", "/v1/schedules/{id}", "/v1/undelivered",
            ],
            paths.Order());
    }
}
