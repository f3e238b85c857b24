using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Pictures;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Pictures;

public sealed class StoreAwayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Render_StoreIsAwayWhilePicturesAreFetched_JobWaitsWithoutLosingAnAttempt()
    {
        var store = new AwayStore(new FolderObjectStore(Options.Create(new StoreOptions { Folder = _folder.File("pictures") })));
        await using var farm = await FarmHost.StartAsync(_folder.Path, services: services => services.AddSingleton<IObjectStore>(store));
        using var uploaded = await farm.UploadAsync(Samples.Encoded(8, 8, 1));
        var picture = (await uploaded.Content.ReadFromJsonAsync<InputPicture>(FarmJson.Options, TestContext.Current.CancellationToken))!;
        store.IsAway = true;
        var batch = await farm.SubmitAsync($$"""{"prompt": "a", "seed": 1, "start": "{{picture.Id}}"}""");
        var waiting = await FarmHost.EventuallyAsync(async () => (await farm.JobsAsync(batch.Id))[0], job => job is { State: JobState.Queued, Error: not null });
        Assert.Equal((0, "transient"), (waiting.Attempts, waiting.Error!.Kind));

        store.IsAway = false;

        Assert.Equal(1, (await farm.FinishedAsync(batch.Id)).Counts.Succeeded);
        Assert.Equal(1, (await farm.JobsAsync(batch.Id))[0].Attempts);
    }

    /// <summary>Hands out nothing while it is away.</summary>
    private sealed class AwayStore(IObjectStore inner) : StoreAround(inner)
    {
        public bool IsAway { get; set; }

        public override Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) => IsAway ? throw new StoreException("The store is away.") : base.OpenAsync(key, cancellationToken);

        public override Task CheckAsync(CancellationToken cancellationToken) => IsAway ? throw new StoreException("The store is away.") : base.CheckAsync(cancellationToken);
    }
}
