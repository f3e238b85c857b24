using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Persistence;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

public sealed class FarmTests : IDisposable
{
    private const int Jobs = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Serve_KilledInTheMiddleOfABatch_LosesNothingAndDrawsNothingTwice()
    {
        var model = TestModel.Quick(_folder);
        _folder.Write("requests.jsonl", Requests(Jobs));
        Guid batch;
        using (var farm = Serve(model))
        {
            using var http = new HttpClient { BaseAddress = await farm.AddressAsync() };
            using var tool = await ToolProcess.RunAsync(_folder.Path, "submit", "requests.jsonl", "--url", http.BaseAddress.ToString());
            Assert.Equal((0, ""), (tool.ExitCode, tool.Error));
            batch = Guid.Parse(tool.Output.Trim());
            await UntilAsync(farm, http, batch, status => status.Counts is { Succeeded: > 0, Running: > 0 });
            await farm.KillAsync();
        }

        using var again = Serve(model);
        using var client = new HttpClient { BaseAddress = await again.AddressAsync() };
        var finished = await UntilAsync(again, client, batch, status => status.State == BatchState.Finished);

        Assert.Equal((Jobs, Jobs), (finished.Counts.Total, finished.Counts.Succeeded));
        var page = await GetAsync<JobPage>(client, $"v1/batches/{batch}/jobs");
        Assert.Equal(Enumerable.Range(0, Jobs).Select(number => $"job {number}"), page.Items.Select(job => job.CustomId));
        foreach (var job in page.Items)
        {
            var output = Assert.Single(job.Outputs);
            var png = await client.GetByteArrayAsync(new Uri(output.Url, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((output.Size, output.Sha256), (png.Length, Convert.ToHexStringLower(SHA256.HashData(png))));
        }
        Assert.Equal(Jobs, page.Items.Select(job => job.Outputs[0].Sha256).Distinct().Count());
    }

    [Fact]
    public async Task Submit_Wait_ShowsProgressAndDownloadsEveryPicture()
    {
        var model = TestModel.Quick(_folder);
        _folder.Write("requests.jsonl", Requests(3));
        using var farm = Serve(model);
        var address = await farm.AddressAsync();

        using var tool = await ToolProcess.RunAsync(_folder.Path, "submit", "requests.jsonl", "--url", address.ToString(), "--wait", "--out", "pictures");

        Assert.Equal((0, ""), (tool.ExitCode, tool.Error));
        Assert.Contains("done 3 of 3", tool.Output, StringComparison.Ordinal);
        Assert.Equal(["job 0.png", "job 1.png", "job 2.png"], Directory.GetFiles(_folder.File("pictures")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task I10_Submit_LinesThatNamePictures_DrawsWhatTheToolDraws()
    {
        var (start, mask) = (StartFiles.Png(48, 60), StartFiles.Mask(48));
        var tool = await StartFiles.RenderAsync(_folder, start, mask);
        _folder.Write("requests.jsonl", """
            {"custom_id": "words", "prompt": "a photo of a corgi", "seed": 7}

            {"custom_id": "over", "prompt": "a photo of a corgi", "seed": 7, "start": "start.png", "mask": "mask.png", "stages": {"stage1": {"strength": 0.75}}}
            """);
        using var farm = Serve(_folder.File("quick-model") is var quick && Directory.Exists(quick) ? quick : TestModel.Bundled);
        var address = await farm.AddressAsync();

        using var sent = await ToolProcess.RunAsync(_folder.Path, "submit", "requests.jsonl", "--url", address.ToString(), "--out", "farm");

        Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        Assert.Equal(tool, await File.ReadAllBytesAsync(_folder.File(Path.Combine("farm", "over.png")), TestContext.Current.CancellationToken));
        _folder.Write("missing.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":\"b\",\"start\":\"none.png\"}");
        using var missing = await ToolProcess.RunAsync(_folder.Path, "submit", "missing.jsonl", "--url", address.ToString());
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("missing.jsonl, line 2: 'start' is '", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I10_Submit_LineWithAReference_DrawsWhatTheToolDraws()
    {
        Assert.SkipUnless(TestModel.HasBundled, "No cascade is bundled that sees.");
        _folder.Write("seen.png", StartFiles.Png(96, 60));
        const string line = """{"custom_id": "alike", "reference": "seen.png", "seed": 7, "stages": {"stage1": {"steps": 2}, "stage2": {"steps": 1}, "stage3": {"steps": 1}}}""";
        _folder.Write("requests.jsonl", line);
        using var tool = await ToolProcess.RunAsync(_folder.Path, "render", "--requests", "requests.jsonl", "--out", "tool");
        Assert.Equal((0, ""), (tool.ExitCode, tool.Error));
        using var farm = Serve(TestModel.Bundled);
        var address = await farm.AddressAsync();

        using var sent = await ToolProcess.RunAsync(_folder.Path, "submit", "requests.jsonl", "--url", address.ToString(), "--out", "farm");

        Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        Assert.Equal(await BytesAsync("tool"), await BytesAsync("farm"));
        Task<byte[]> BytesAsync(string folder) => File.ReadAllBytesAsync(_folder.File(Path.Combine(folder, "alike.png")), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Submit_BadLine_ShowsTheFarmsLineAndField()
    {
        var model = TestModel.Quick(_folder);
        _folder.Write("requests.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":\"b\",\"seed\":-4}");
        using var farm = Serve(model);
        var address = await farm.AddressAsync();

        using var tool = await ToolProcess.RunAsync(_folder.Path, "submit", "requests.jsonl", "--url", address.ToString());

        Assert.Equal(1, tool.ExitCode);
        Assert.StartsWith("error: The farm refused with 400", tool.Error, StringComparison.Ordinal);
        Assert.Contains("line 2, field 'seed'", tool.Error, StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = address };
        Assert.Empty((await GetAsync<BatchPage>(http, "v1/batches")).Items);
    }

    [Fact]
    public async Task Preview_OfARunningJob_IsAPictureOfItUntilItIsCanceled()
    {
        var model = TestModel.Quick(_folder);
        using var farm = ToolProcess.Start("renderfarm", _folder.Path, new Dictionary<string, string> { ["Rendering__PreviewInterval"] = "00:00:00.010" }, "serve", "--port", "0", "--data", "data", "--model", model);
        using var http = new HttpClient { BaseAddress = await farm.AddressAsync() };
        // So many steps that nobody waits for their end.
        _folder.Write("requests.jsonl", """{"prompt": "a photo of a corgi", "seed": 7, "stages": {"stage1": {"steps": 1000}, "stage2": {"steps": 1000}}}""");
        using var sent = await ToolProcess.RunAsync(_folder.Path, "submit", "requests.jsonl", "--url", http.BaseAddress.ToString());
        Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        var batch = Guid.Parse(sent.Output.Trim());
        var job = Assert.Single((await GetAsync<JobPage>(http, $"v1/batches/{batch}/jobs")).Items).Url.TrimStart('/');

        var status = await PollAsync(() => GetAsync<JobStatus>(http, job), status => status.Preview is not null || status.State is not (JobState.Queued or JobState.Running));
        Assert.True(status.Preview is { Stage: "stage1" or "stage2", Steps: 1000, Step: > 0 }, $"{status.State}: {status.Preview}");
        using (var png = new MemoryStream(await http.GetByteArrayAsync(new Uri(status.Preview.Url, UriKind.Relative), TestContext.Current.CancellationToken)))
            Assert.True(Picture.ReadPng(png) is { Width: >= 16 } seen && seen.Rgb.ToArray().Distinct().Count() > 1);

        (await http.PostAsync(new Uri($"{job}/cancel", UriKind.Relative), null, TestContext.Current.CancellationToken)).Dispose();
        using var gone = await http.GetAsync(new Uri(status.Preview.Url, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await PollAsync(() => Task.FromResult(Directory.GetFiles(_folder.File("data/pictures"), "*.png", SearchOption.AllDirectories).Length), files => files == 0);
    }

    [Fact]
    public async Task Demo_AnyModel_DrawsEveryPromptAndAContactSheet()
    {
        var model = TestModel.Quick(_folder);

        using var tool = await ToolProcess.RunAsync(_folder.Path, "demo", "--model", model, "--out", "pictures");

        Assert.Equal((0, ""), (tool.ExitCode, tool.Error));
        var files = Directory.GetFiles(_folder.File("pictures")).Select(Path.GetFileName).ToList();
        Assert.Equal(25, files.Count);
        Assert.Contains("contact-sheet.png", files);
        Assert.Contains("done 24 of 24", tool.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private ToolProcess Serve(string model) => ToolProcess.Start(_folder.Path, "serve", "--port", "0", "--data", "data", "--model", model);

    private static string Requests(int count) =>
        string.Join('\n', Enumerable.Range(0, count).Select(number => $"{{\"custom_id\":\"job {number}\",\"prompt\":\"a photo of a corgi\",\"seed\":{number}}}"));

    private static async Task<BatchStatus> UntilAsync(ToolProcess farm, HttpClient client, Guid batch, Predicate<BatchStatus> reached)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"The batch does not go on. The farm says: {farm.Error}");
            var status = await GetAsync<BatchStatus>(client, $"v1/batches/{batch}");
            if (reached(status)) return status;
            Assert.False(status.State == BatchState.Finished, "The batch was finished before the state that the test waits for.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<T> PollAsync<T>(Func<Task<T>> ask, Predicate<T> reached)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (reached(answer)) return answer;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"It stays at {answer}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<T> GetAsync<T>(HttpClient client, string path) =>
        (await client.GetFromJsonAsync<T>(path, FarmJson.Options, TestContext.Current.CancellationToken))!;
}
