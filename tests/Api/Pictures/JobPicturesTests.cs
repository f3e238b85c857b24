using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Contracts.Pictures;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Pictures;

public sealed class JobPicturesTests : IAsyncLifetime
{
    private static readonly byte[] Start = Samples.Encoded(16, 8, 40);
    private static readonly byte[] Mask = Samples.Encoded(16, 8, 200);
    private readonly TemporaryFolder _folder = new();
    private readonly TestRenderer _renderer = new();
    private FarmHost _farm = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Store => _folder.File("pictures");

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(
        _folder.Path, [_renderer, new TestRenderer { Model = TestRenderer.Describe("plain") with { Inputs = [] } }],
        new Dictionary<string, string?> { ["Intake:MaxInlineBytes"] = "800", ["Models:Default"] = "test" });

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Submit_ReferenceWithoutAPrompt_IsLookedAt()
    {
        var reference = await UploadAsync(Start);
        var batch = await _farm.SubmitAsync($$"""{"reference": "{{reference.Id}}", "seed": 5}""", $$"""{"prompt": "in blue", "reference": "{{reference.Id}}", "seed": 5}""", $$"""{"prompt": "  ", "reference": "{{reference.Id}}", "seed": 5}""");
        Assert.Equal(3, (await _farm.FinishedAsync(batch.Id)).Counts.Succeeded);

        var jobs = await _farm.JobsAsync(batch.Id);
        Assert.Equal(["", "in blue", ""], jobs.Select(job => job.Prompt));
        foreach (var job in jobs)
        {
            Assert.Equal(reference, job.Inputs[InputRole.Reference]);
            Assert.Equal(TestRenderer.Draw(5, Files((InputRole.Reference, Start))), await PngAsync(job));
        }
    }

    [Fact]
    public async Task Submit_ReferenceThatDoesNotDo_IsRefusedAndNotStored()
    {
        using var response = await _farm.UploadAsync(Start, tenant: "acme");
        var foreign = (await response.Content.ReadFromJsonAsync<InputPicture>(FarmJson.Options, Token))!;
        await AssertRefusedAsync($$"""{"reference": "{{foreign.Id}}"}""", "reference", "tenant 'default' has no such picture");
        await AssertRefusedAsync($$"""{"reference": "{{foreign.Key}}"}""", "reference", "tenant 'default' has no such picture");
        foreach (var (name, fault) in ((string, string)[])[("animated.png", "is animated"), ("wide.png", "is 30000 x 30000 pixels")])
            await AssertRefusedAsync($$"""{"reference": "{{Samples.DataUri(Samples.File(name))}}"}""", "reference", $"'reference' {fault}");
        await AssertRefusedAsync("""{"reference": "data:image/jpeg;base64,/9j/4QAA"}""", "reference", "'reference' is damaged");
        await AssertRefusedAsync($$"""{"reference": "{{Samples.DataUri([.. Start[..^20], (byte)~Start[^20], .. Start[^19..]])}}"}""", "reference", "'reference' is damaged"); // within its pixels
        await AssertRefusedAsync($$"""{"reference": "{{Samples.DataUri(Start[..^8])}}"}""", "reference", "'reference' is cut short");
        await AssertRefusedAsync($$"""{"reference": "{{Samples.DataUri(Start)}}", "model": "plain"}""", "reference", "Model 'plain' cannot use a picture as 'reference'");
        Assert.Single(InputFiles()); // acme's own
    }

    [Fact]
    public async Task Submit_KeyOfAnotherBatch_StoresNoPicture()
    {
        using var first = await _farm.PostLinesAsync(Line(Samples.DataUri(Start), null), key: "k");
        using var again = await _farm.PostLinesAsync(Line(Samples.DataUri(Start), null), key: "k");
        using var other = await _farm.PostLinesAsync(Line(Samples.DataUri(Mask), null), key: "k");

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.UnprocessableEntity], new[] { first, again, other }.Select(response => response.StatusCode));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Single(InputFiles());
    }

    [Fact]
    public async Task Submit_IdKeyOrDataUri_GiveTheSamePictureAndStatus()
    {
        var (start, mask) = (await UploadAsync(Start), await UploadAsync(Mask));
        var batch = await _farm.SubmitAsync(
            Line(start.Id, mask.Id), Line(start.Key, mask.Key), Line(Samples.DataUri(Start), Samples.DataUri(Mask, "")), Line(start.Id, null), "{\"prompt\": \"a\", \"seed\": 5}");
        Assert.Equal(5, (await _farm.FinishedAsync(batch.Id)).Counts.Succeeded);

        var jobs = await _farm.JobsAsync(batch.Id);
        foreach (var job in jobs.Take(3))
        {
            Assert.Equal((start, mask), (job.Inputs[InputRole.Start], job.Inputs[InputRole.Mask]));
            Assert.Equal(TestRenderer.Draw(5, Files((InputRole.Start, Start), (InputRole.Mask, Mask))), await PngAsync(job));
        }

        Assert.Equal(start, Assert.Single(jobs[3].Inputs).Value);
        Assert.Empty(jobs[4].Inputs);
        Assert.Equal(3, (await Task.WhenAll(jobs.Select(PngAsync))).Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(2, InputFiles().Length);
    }

    [Fact]
    public async Task Submit_EachJobItsOwnPicture_NoneIsSwapped()
    {
        var files = Enumerable.Range(0, 40).Select(shade => Samples.Encoded(8, 8, (byte)(shade * 6))).ToArray();
        var ids = await Task.WhenAll(files.Select(async file => (await UploadAsync(file)).Id));
        var batch = await _farm.SubmitAsync(ids.Select(id => Line(id, null)));
        await _farm.FinishedAsync(batch.Id);

        var jobs = await _farm.JobsAsync(batch.Id);
        Assert.Contains(_renderer.Groups, size => size > 1);
        for (var i = 0; i < files.Length; i++)
            Assert.Equal(TestRenderer.Draw(5, Files((InputRole.Start, files[i]))), await PngAsync(jobs[i]));
    }

    [Fact]
    public async Task Render_PictureIsGoneOrDamaged_FailsItsOwnJobsForGoodAndNoOther()
    {
        var (gone, damaged, good) = (await UploadAsync(Start), await UploadAsync(Mask), await UploadAsync(Samples.Encoded(8, 8, 1)));
        File.Delete(Path.Combine(Store, gone.Key));
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Store, damaged.Key), Token);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(Store, damaged.Key), bytes, Token);
        var batch = await _farm.SubmitAsync(Line(good.Id, null), Line(gone.Id, null), Line(damaged.Id, null), Line(good.Id, null));
        Assert.Equal(2, (await _farm.FinishedAsync(batch.Id)).Counts.Succeeded);

        var jobs = await _farm.JobsAsync(batch.Id);
        Assert.Equal([JobState.Succeeded, JobState.Failed, JobState.Failed, JobState.Succeeded], jobs.Select(job => job.State));
        Assert.All(jobs.Skip(1).Take(2), job => Assert.Equal((1, "permanent"), (job.Attempts, job.Error!.Kind)));
        Assert.Contains($"'{gone.Key}' that the job names is not in the store any more", jobs[1].Error!.Message, StringComparison.Ordinal);
        Assert.Contains($"'{damaged.Key}' that the job names is damaged", jobs[2].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(await PngAsync(jobs[0]), await PngAsync(jobs[3]));
    }

    [Fact]
    public async Task Submit_StrengthAndMaskNoise_ReachTheRendererAndKeepJobsApart()
    {
        var (start, mask) = (await UploadAsync(Start), await UploadAsync(Mask));
        string Job(string stages, string mask) => $$$"""{"prompt": "a", "start": "{{{start.Id}}}", {{{mask}}} "stages": {"stage1": {{{stages}}}}}""";
        var batch = await _farm.SubmitAsync(Job("""{"strength": 0.5}""", ""), Job("""{"strength": 1}""", ""), Job("""{"mask_noise": true}""", $"\"mask\": \"{mask.Id}\","));
        await _farm.FinishedAsync(batch.Id);

        Assert.Equal([0.5, 1, null], (await _farm.JobsAsync(batch.Id)).Select(job => job.Settings["stage1"].Strength));
        Assert.Equal(3, _renderer.Groups.Count);
        Assert.True(_renderer.Works.Single(work => work.Inputs.Count == 2).Settings["stage1"].MaskNoise);
    }

    [Fact]
    public async Task Submit_ByMessage_TakesPicturesLikeHttp()
    {
        var start = await UploadAsync(Start);
        var client = _farm.Services.GetRequiredService<IBus>().CreateRequestClient<SubmitBatch>(new Uri("queue:renderfarm-submit"));
        var taken = await client.GetResponse<BatchAccepted, BatchRejected>(new SubmitBatch { Jobs = [new() { Prompt = "a", Seed = 5, Start = start.Id, Mask = Samples.DataUri(Mask) }] }, Token);
        var refused = await client.GetResponse<BatchAccepted, BatchRejected>(new SubmitBatch { Jobs = [new() { Prompt = "a", Start = new string('0', 64) }] }, Token);

        var seen = await client.GetResponse<BatchAccepted, BatchRejected>(new SubmitBatch { Jobs = [new() { Seed = 5, Reference = start.Id }] }, Token);
        var wordless = await client.GetResponse<BatchAccepted, BatchRejected>(new SubmitBatch { Jobs = [new() { Seed = 5 }] }, Token);

        Assert.True(seen.Is<BatchAccepted>(out var looked));
        await _farm.FinishedAsync(looked.Message.BatchId);
        Assert.Equal(TestRenderer.Draw(5, Files((InputRole.Reference, Start))), await PngAsync((await _farm.JobsAsync(looked.Message.BatchId))[0]));
        Assert.True(wordless.Is<BatchRejected>(out var unsaid));
        Assert.Contains("'prompt' is empty", Assert.Single(unsaid.Message.Errors).Message, StringComparison.Ordinal);
        Assert.True(taken.Is<BatchAccepted>(out var accepted));
        await _farm.FinishedAsync(accepted.Message.BatchId);
        Assert.Equal(TestRenderer.Draw(5, Files((InputRole.Start, Start), (InputRole.Mask, Mask))), await PngAsync((await _farm.JobsAsync(accepted.Message.BatchId))[0]));
        Assert.True(refused.Is<BatchRejected>(out var rejected));
        Assert.Contains("no such picture", Assert.Single(rejected.Message.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_PictureOfAnotherTenant_IsUnknownByIdAndByKey()
    {
        using var response = await _farm.UploadAsync(Start, tenant: "acme");
        var foreign = (await response.Content.ReadFromJsonAsync<InputPicture>(FarmJson.Options, Token))!;
        await AssertRefusedAsync(Line(foreign.Id, null), "start", "tenant 'default' has no such picture; upload it with POST /v1/pictures.");
        await AssertRefusedAsync(Line(foreign.Key, null), "start", "tenant 'default' has no such picture");
    }

    [Fact]
    public async Task Submit_PicturesThatDoNotDo_SaysWhichAndStoresNothing()
    {
        var small = await UploadAsync(Samples.Encoded(8, 8, 1));
        await AssertRefusedAsync(Line(Samples.DataUri(Start), small.Id), "mask", "'mask' is 8 x 8 pixels and 'start' 16 x 8; a mask has the size of the picture that it is for.");
        await AssertRefusedAsync(
            Line(Samples.DataUri(Samples.Encoded(8, 33, 1)), Samples.DataUri(Mask)), "start", "'start' is 8 x 33 pixels; the longer side of a picture to start from is at most 4 times the shorter one. Cut something off.");
        await AssertRefusedAsync(Line(null, small.Id), "mask", "there is no 'start'; give the picture.");
        await AssertRefusedAsync(Line("corgi.png", null), "start", "'start' is 'corgi.png'; give the id or key that POST /v1/pictures answered, or a data URI.");
        await AssertRefusedAsync(Line("data:image/png;base64,!!!", null), "start", "base64 is broken");
        await AssertRefusedAsync(Line("data:image/png,abc", null), "start", "is no data URI with a picture");
        await AssertRefusedAsync(Line("data:", null), "start", "is no data URI with a picture");
        await AssertRefusedAsync(Line(Samples.DataUri(Samples.File("cmyk.jpg"), "image/jpeg"), null), "start", "'start' has 4 colour components (CMYK)");
        await AssertRefusedAsync(Line(Samples.DataUri(Samples.File("wide.png")), null), "start", "'start' is 30000 x 30000 pixels");
        await AssertRefusedAsync(Line(Samples.DataUri(Samples.File("grey.png"), "image/webp"), null), "start", "is said to be image/webp and is image/png");
        await AssertRefusedAsync(Line(Samples.DataUri(Samples.Encoded(300, 300, 4)), null), "start", "more than 800 bytes; upload them");
        await AssertRefusedAsync("""{"prompt": "a", "start": 7}""", "start", "a number; give a text");
        await AssertRefusedAsync("""{"prompt": "a", "stages": {"stage1": {"strength": 0.5}}}""", "stages.stage1.strength", "the job has no 'start'");
        await AssertRefusedAsync($$$"""{"prompt": "a", "start": "{{{small.Id}}}", "stages": {"stage1": {"mask_noise": true} } }""", "stages.stage1.mask_noise", "the job has no 'mask'");
        await AssertRefusedAsync($$$"""{"prompt": "a", "start": "{{{small.Id}}}", "stages": {"stage1": {"strength": 0} } }""", "stages.stage1.strength", "above 0, at most 1");
        await AssertRefusedAsync($$$"""{"prompt": "a", "start": "{{{small.Id}}}", "stages": {"stage1": {"strength": 0.01, "steps": 30} } }""", "stages.stage1.strength", "'strength' is 0.01, which leaves none of 30 steps; give at least 0.0334, or more steps.");
        await AssertRefusedAsync($$$"""{"prompt": "a", "start": "{{{small.Id}}}", "stages": {"stage1": {"sampler": "pndm"} } }""", "stages.stage1.sampler", "which cannot begin at a picture; give another: ddpm, ddim.");
        await AssertRefusedAsync($$"""{"prompt": "a", "start": "{{small.Id}}", "model": "plain"}""", "start", "Model 'plain' cannot use a picture as 'start'; leave it out, or choose another model.");
        Assert.Single(InputFiles());
    }

    [Fact]
    public async Task Submit_DocumentWhoseModelComesLast_ChecksPicturesAgainstIt()
    {
        var start = await UploadAsync(Start);
        foreach (var (model, status) in ((string, HttpStatusCode)[])[("test", HttpStatusCode.Accepted), ("plain", HttpStatusCode.BadRequest)])
        {
            using var content = JsonContent.Create(JsonDocument.Parse($$$"""{"jobs": [{"prompt": "a", "start": "{{{start.Id}}}", "stages": {"stage1": {"strength": 0.5} } }], "model": "{{{model}}}"}"""));
            using var response = await _farm.Client.PostAsync("/v1/batches", content, Token);
            Assert.Equal(status, response.StatusCode);
        }
    }

    private async Task<InputPicture> UploadAsync(byte[] file)
    {
        using var response = await _farm.UploadAsync(file);
        return (await response.Content.ReadFromJsonAsync<InputPicture>(FarmJson.Options, Token))!;
    }

    private async Task AssertRefusedAsync(string line, string field, string message)
    {
        using var response = await _farm.PostLinesAsync("{\"prompt\": \"good\"}\n" + line);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{line} gave {body}");
        var error = Assert.Single(JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateArray());
        Assert.Equal((2, field), (error.GetProperty("line").GetInt32(), error.GetProperty("field").GetString()));
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty((await _farm.GetAsync<BatchPage>("/v1/batches")).Items);
    }

    private Task<byte[]> PngAsync(JobStatus job) => _farm.Client.GetByteArrayAsync(Assert.Single(job.Outputs).Url, Token);

    private string[] InputFiles() => [.. Directory.EnumerateFiles(Store, "*", SearchOption.AllDirectories).Where(file => file.Contains("inputs", StringComparison.Ordinal))];

    private static string Line(string? start, string? mask) =>
        JsonSerializer.Serialize(new JobRequest { Prompt = "a", Seed = 5, Start = start, Mask = mask }, FarmJson.Options);

    private static Dictionary<string, ReadOnlyMemory<byte>> Files(params (string Role, byte[] File)[] files) => files.ToDictionary(file => file.Role, file => (ReadOnlyMemory<byte>)file.File);
}
