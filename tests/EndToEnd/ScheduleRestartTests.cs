using System.Net.Http.Headers;
using System.Net.Http.Json;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Schedules;
using RenderFarm.Persistence;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

public sealed class ScheduleRestartTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whether it was submitted before the kill or fell due while nothing ran, there is one batch.</summary>
    [Fact]
    public async Task I2_Schedule_StandaloneFarmKilledAndStartedAgain_IsSubmittedOnce()
    {
        var model = TestModel.Quick(_folder);
        string path;
        using (var farm = Serve(model))
        {
            using var client = new HttpClient { BaseAddress = await farm.AddressAsync() };
            await EventuallyAsync(async () => await client.GetAsync("health/ready", Token), answer => answer.IsSuccessStatusCode);
            var at = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(10);
            using var content = new StringContent($$"""{"at": "{{at:yyyy-MM-dd'T'HH:mm:ss.fffK}}", "batch": {"jobs": [{"prompt": "a photo of a corgi"}]} }""", new MediaTypeHeaderValue("application/json"));
            using var created = await client.PostAsync("v1/schedules", content, Token);
            Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Token));
            path = created.Headers.Location!.ToString();
            await farm.KillAsync();
        }

        using var again = Serve(model);
        using var later = new HttpClient { BaseAddress = await again.AddressAsync() };
        var done = await EventuallyAsync(async () => (await later.GetFromJsonAsync<ScheduleStatus>(path, FarmJson.Options, Token))!, schedule => schedule.LastAt is not null);
        Assert.Null(done.LastError);
        Assert.Equal(done.LastBatchUrl, $"/v1/batches/{Assert.Single((await later.GetFromJsonAsync<BatchPage>("v1/batches", FarmJson.Options, Token))!.Items).Id}");
    }

    public void Dispose() => _folder.Dispose();

    private ToolProcess Serve(string model) => ToolProcess.Start(_folder.Path, "serve", "--port", "0", "--data", "data", "--model", model);

    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> isRight)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var began = TimeProvider.System.GetTimestamp();
        for (; ; )
        {
            var answer = await ask();
            if (isRight(answer))
                return answer;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"Still {answer}.");
            await timer.WaitForNextTickAsync(Token);
        }
    }
}
