using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using RenderFarm.Api.Health;
using RenderFarm.Cli.Farms;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;
using RenderFarm.Testing;
using Xunit;
using static RenderFarm.Cli.Tests.Farms.UnsteadyFarm;

namespace RenderFarm.Cli.Tests.Farms;

public sealed class FarmClientTests
{
    private static readonly BatchStatus Batch = new()
    {
        Id = Guid.NewGuid(), Tenant = "default", State = BatchState.Finished, CreatedAt = default, JobsUrl = "",
        Counts = new BatchCounts { Total = 1, Queued = 0, Running = 0, Succeeded = 0, Failed = 0, Canceled = 1, Expired = 0 },
    };

    private static readonly byte[] Answer = JsonSerializer.SerializeToUtf8Bytes(Batch, FarmJson.Options);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task FollowAsync_FarmDiesInItsAnswer_WaitsForItToComeBack()
    {
        await using var farm = await StartAsync(Manner.BreaksOff, Manner.BreaksOff, Manner.Answers);
        using var client = new FarmClient(farm.Address, _time);

        var view = await EndAsync(farm, TimeSpan.FromSeconds(1), async () =>
            await new BatchWatch(client, _time).FollowAsync(Batch.Id, TestContext.Current.CancellationToken).FirstAsync(TestContext.Current.CancellationToken));

        Assert.Equal(Batch.Id, view.Batch.Id);
    }

    [Fact]
    public async Task DownloadAsync_FarmDiesInThePicture_FetchesItAgain()
    {
        await using var farm = await StartAsync(Manner.BreaksOff, Manner.Answers);
        using var client = new FarmClient(farm.Address, _time);
        var output = new JobOutput { Number = 0, Url = "v1/picture", ContentType = "image/png", Width = 1, Height = 1, Size = Answer.Length, Sha256 = "" };

        Assert.Equal(Answer, await EndAsync(farm, TimeSpan.FromSeconds(1), () => client.DownloadAsync(output, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task SubmitAsync_FarmDiesInItsAnswer_SendsTheSameSubmissionAgain()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("requests.jsonl", "{\"prompt\":\"a\"}");
        await using var farm = await StartAsync(Manner.BreaksOff, Manner.Answers);
        using var client = new FarmClient(farm.Address, _time);

        // What broke off is sent again at once.
        var batch = await client.SubmitAsync(file, TestContext.Current.CancellationToken);

        Assert.Equal(Batch.Id, batch.Id);
        var (first, second) = (await farm.Requests.ReadAsync(TestContext.Current.CancellationToken), await farm.Requests.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("{\"prompt\":\"a\"}", first), (second.Body, second));
        Assert.NotEmpty(first.Key);
    }

    [Theory]
    [InlineData(nameof(Manner.BreaksOff), 30, "broke off its answer")]
    [InlineData(nameof(Manner.StaysSilent), 60, "has not answered within 60 s")]
    public async Task BatchAsync_FarmDoesNotComeBack_GivesUpAfterAMinute(string manner, int secondsPerRequest, string expected)
    {
        await using var farm = await StartAsync(Enum.Parse<Manner>(manner));
        using var client = new FarmClient(farm.Address, _time);

        var error = await Assert.ThrowsAsync<FarmUnreachableException>(() =>
            EndAsync(farm, TimeSpan.FromSeconds(secondsPerRequest), () => client.BatchAsync(Batch.Id, TestContext.Current.CancellationToken)));

        Assert.StartsWith("The farm has been away for 60 s.", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_NothingListens_FailsAtOnce()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("requests.jsonl", "{\"prompt\":\"a\"}");
        using var client = new FarmClient(new Uri("http://127.0.0.1:9/"), _time);

        var error = await Assert.ThrowsAsync<FarmUnreachableException>(() => client.SubmitAsync(file, TestContext.Current.CancellationToken));

        Assert.StartsWith("No farm answers at http://127.0.0.1:9/", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Manner.Refuses), "store: no space left")]
    [InlineData(nameof(Manner.Answers), null)]
    [InlineData(nameof(Manner.BreaksOff), null)]
    public async Task FaultAsync_FarmThatCannotWork_SaysWhichCheckFailsAndWhy(string manner, string? expected)
    {
        var checks = new Dictionary<string, string> { ["store"] = "no space\nleft", ["database"] = "Healthy" };
        var answer = new HealthAnswer { Status = "Unhealthy", Checks = checks, Failing = ["store"] };
        await using var farm = new UnsteadyFarm(JsonSerializer.SerializeToUtf8Bytes(answer, FarmJson.Options), Enum.Parse<Manner>(manner));
        await farm.StartAsync();
        using var client = new FarmClient(farm.Address, _time);

        Assert.Equal(expected, await client.FaultAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<UnsteadyFarm> StartAsync(params Manner[] manners)
    {
        var farm = new UnsteadyFarm(Answer, manners);
        await farm.StartAsync();
        return farm;
    }

    /// <summary>Lets so much time go by after each request, which is more than the client waits before it asks again.</summary>
    private async Task<T> EndAsync<T>(UnsteadyFarm farm, TimeSpan after, Func<Task<T>> ask)
    {
        var asked = ask();
        while (true)
        {
            using var ended = new CancellationTokenSource();
            var request = farm.Requests.WaitToReadAsync(ended.Token).AsTask();
            if (await Task.WhenAny(asked, request) == asked)
            {
                await ended.CancelAsync();
                return await asked;
            }
            await farm.Requests.ReadAsync(TestContext.Current.CancellationToken);
            _time.Advance(after);
        }
    }
}
