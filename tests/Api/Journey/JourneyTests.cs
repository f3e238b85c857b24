using System.Net;
using System.Security.Cryptography;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Journey;

public sealed class JourneyTests
{
    [Fact]
    public async Task Submit_OnePrompt_ItsPictureCanBeDownloaded()
    {
        using var folder = new TemporaryFolder();
        await using var farm = await FarmHost.StartAsync(folder.Path);

        var batch = await farm.SubmitAsync("""{"custom_id": "a", "prompt": "a red circle gallimaufry", "seed": 77}""");
        var finished = await farm.FinishedAsync(batch.Id);
        var job = Assert.Single(await farm.JobsAsync(batch.Id));

        Assert.Equal(1, finished.Counts.Succeeded);
        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Equal(["gallimaufry"], job.UnknownWords);
        Assert.Equal(["stage1", "stage2"], job.Timings.Select(timing => timing.Stage));
        Assert.Equal(4, job.Settings["stage1"].Steps);
        Assert.Equal("test", job.Provenance["model"]);
        var output = Assert.Single(job.Outputs);
        using var response = await farm.Client.GetAsync(output.Url, TestContext.Current.CancellationToken);
        var png = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/png", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"\"{output.Sha256}\"", response.Headers.ETag!.Tag);
        Assert.Equal(TestRenderer.Draw(77), png);
        Assert.Equal(output.Size, png.Length);
        Assert.Equal(output.Sha256, Convert.ToHexStringLower(SHA256.HashData(png)));
    }
}
