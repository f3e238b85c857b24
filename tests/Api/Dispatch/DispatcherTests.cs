using Microsoft.Extensions.DependencyInjection;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Dispatch;

public sealed class DispatcherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task I12_AnotherApiDiedBetweenMarkingAndSending_ItsJobsAreSentAfterTheSendTimeout()
    {
        var renderer = new TestRenderer { MaxBatch = 1 };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer],
            new Dictionary<string, string?> { ["Dispatch:Runway"] = "1", ["Dispatch:SendTimeout"] = "00:00:01" });
        var batch = await farm.SubmitAsync(Enumerable.Range(0, 6).Select(i => $$"""{"prompt": "{{(i == 0 ? "hold" : "go")}} {{i}}", "seed": {{i}}}"""));
        await FarmHost.EventuallyAsync(() => farm.BatchAsync(batch.Id), status => status.Counts is { Running: >= 1, Succeeded: 0 } && renderer.IsHolding);

        var dead = await farm.Services.GetRequiredService<Runway>().FillAsync("test", 100, new(TimeSpan.FromMinutes(10)), TestContext.Current.CancellationToken);
        renderer.Release();
        var finished = await farm.FinishedAsync(batch.Id);

        Assert.NotEmpty(dead);
        Assert.Equal(6, finished.Counts.Succeeded);
    }
}
