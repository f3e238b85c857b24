using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class PictureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Two workers, of which one is killed: whoever takes a job has its picture.</summary>
    [Fact]
    public async Task Submit_EachJobItsOwnPicture_NoneIsLostOrSwapped_WhenAWorkerIsKilled()
    {
        var (farm, workers) = await DistributedFarm.StartAsync(2);
        await using var running = farm;
        var pictures = new List<InputPicture>();
        for (var shade = 0; shade < 6; shade++)
            pictures.Add(await farm.UploadAsync(StartFiles.Png(16, (byte)(shade * 40))));
        var lines = Enumerable.Range(0, 48).Select(number => $$"""{"custom_id": "{{number}}", "prompt": "slow", "seed": 7, "start": "{{pictures[number % 6].Id}}"}""");

        var batch = (await farm.PostAsync<BatchStatus>("v1/batches", $"{{\"jobs\": [{string.Join(',', lines)}]}}")).Id;
        await farm.BatchAsync(batch, status => status.Counts.Succeeded > 0);
        await workers[0].KillAsync();

        var jobs = await farm.AssertAllSucceedAsync(batch);
        var drawn = jobs.GroupBy(job => job.Inputs[InputRole.Start].Id).ToDictionary(group => group.Key, group => group.Select(job => job.Outputs[0].Sha256).Distinct().ToList());
        Assert.Equal(pictures.Select(picture => picture.Id).Order(StringComparer.Ordinal), drawn.Keys.Order(StringComparer.Ordinal));
        Assert.All(jobs, job => Assert.Equal(pictures[int.Parse(job.CustomId, System.Globalization.CultureInfo.InvariantCulture) % 6], job.Inputs[InputRole.Start]));
        Assert.Equal(6, drawn.Values.Select(digests => Assert.Single(digests)).Distinct().Count());
        Assert.Empty(pictures.Select(picture => picture.Key).Except(await farm.KeysAsync()));
    }

    [Fact]
    public async Task I10_JobFromAPictureWithAMask_TheWorkerDrawsWhatTheToolDraws()
    {
        var (farm, _) = await DistributedFarm.StartAsync(0);
        await using var running = farm;
        await farm.ReadyAsync(farm.StartWorker());
        var (start, mask) = (StartFiles.Png(48, 60), StartFiles.Mask(48));
        var (startId, maskId) = ((await farm.UploadAsync(start)).Id, (await farm.UploadAsync(mask)).Id);

        var batch = (await farm.PostAsync<BatchStatus>("v1/batches", $$"""
            {"jobs": [{"custom_id": "0", "prompt": "a photo of a corgi", "seed": 7, "start": "{{startId}}", "mask": "{{maskId}}", "stages": { "stage1": {"strength": 0.75} } }]}
            """)).Id;
        var job = Assert.Single(await farm.AssertAllSucceedAsync(batch));

        var tool = await StartFiles.RenderAsync(_folder, start, mask);
        Assert.Equal(tool, await farm.BytesAsync(job.Outputs[0].Url));
        Assert.Contains(job.Provenance, entry => entry.Value == startId);
    }
}
