using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class SubmissionTests
{
    private const string Good = """{"jobs": [{"prompt": "a circle"}]}""";

    [Theory]
    [InlineData("MassTransitClient")]
    [InlineData("PlainClient")]
    public async Task Example_Prompts_AreSubmittedRenderedAndTold(string name)
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 1);
        await using var running = farm;
        using var good = await farm.RunExampleAsync(name, "a circle", "a square");
        Assert.True(good.ExitCode == 0, good.Output + good.Error);
        var batch = Guid.Parse(good.Output.Split("accepted ")[1].Split('\n')[0]);
        Assert.Contains($"finished {batch}: 2 of 2 succeeded", good.Output, StringComparison.Ordinal);
        Assert.Equal(["a circle", "a square"], (await farm.AssertAllSucceedAsync(batch)).Select(job => job.Prompt));

        using var bad = await farm.RunExampleAsync(name, "a circle", " ");
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("jobs[1].prompt: 'prompt' is empty", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I9_PlainMessage_SentAgain_IsTheSameBatchAndAnotherBodyIsRejected()
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 1);
        await using var running = farm;
        await using var sender = await PlainSender.ConnectAsync(farm);
        // No GUID, which MassTransit would want for an id.
        var first = await sender.AskAsync(Good, "order 4711");
        var again = await sender.AskAsync(Good, "order 4711", correlation: "second try");
        var other = await sender.AskAsync("""{"jobs": [{"prompt": "a square"}]}""", "order 4711");
        var foreign = await sender.AskAsync(Good, "order 4711", tenant: "acme");
        var lines = await sender.AskAsync("{\"prompt\": \"a circle\"}\n{\"prompt\": \"a square\"}\n", "order 4712", contentType: "application/x-ndjson");

        Assert.Equal(("BatchAccepted", "order 4711"), (first.Type, first.Correlation));
        Assert.Equal(("BatchAccepted", "second try"), (again.Type, again.Correlation));
        var batch = first.Body.GetProperty("batch_id").GetGuid();
        Assert.Equal(batch, again.Body.GetProperty("batch_id").GetGuid());
        Assert.Equal("BatchRejected", other.Type);
        Assert.Equal("message_id", other.Body.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal(("acme", false), (foreign.Body.GetProperty("tenant").GetString(), foreign.Body.GetProperty("batch_id").GetGuid() == batch));
        Assert.Equal(2, lines.Body.GetProperty("jobs").GetInt32());
        Assert.Equal(2, (await farm.GetAsync<BatchPage>("v1/batches")).Items.Count);
        await farm.AssertAllSucceedAsync(batch);
        await farm.AssertAllSucceedAsync(lines.Body.GetProperty("batch_id").GetGuid());
    }

    [Fact]
    public async Task PlainMessage_ThatIsBad_IsAnsweredAndNotKept()
    {
        var (farm, _) = await DistributedFarm.StartAsync(1, ("Intake__MaxBytes", "2000"));
        await using var running = farm;
        await using var sender = await PlainSender.ConnectAsync(farm);
        (string Body, string? Id, string? Tenant, string? Field, string Reason)[] bad =
        [
            ("{\"jobs\": [", "1", null, null, "Invalid JSON at line 1"),
            ("corgi", "2", null, null, "Invalid JSON at line 1"),
            ("", "3", null, null, "Invalid JSON"),
            ("[]", "4", null, "jobs", "A batch is an object with an array 'jobs'"),
            ("{\"jobs\": []}", "5", null, "jobs", "The batch has no jobs"),
            ("""{"jobs": [{"prompt": "a", "model": "nobody's"}]}""", "6", null, "jobs[0].model", "Unknown model 'nobody's'"),
            ("""{"jobs": [{"prompt": "a", "stages": {"stage1": {"steps": 0}}}]}""", "7", null, "jobs[0].stages.stage1.steps", "'steps' is 0; give a whole number from 1 to 1000."),
            ("""{"jobs": [{"prompt": "a", "size": 3}]}""", "8", null, "jobs[0].size", "Unknown field 'size'"),
            (Good, null, null, "message_id", "The message has no message_id"),
            (Good, "9", "A C", "X-Tenant", "X-Tenant is 'A C'"),
            ($$"""{"jobs": [{"prompt": "{{new string('a', 2000)}}"}]}""", "10", null, null, "give at most 2000, in several batches"),
        ];
        foreach (var (body, id, tenant, field, reason) in bad)
        {
            var answer = await sender.AskAsync(body, id, tenant: tenant);
            Assert.Equal(("BatchRejected", id), (answer.Type, answer.Correlation));
            var error = answer.Body.GetProperty("errors")[0];
            Assert.Equal(field, error.TryGetProperty("field", out var named) ? named.GetString() : null);
            Assert.Contains(reason, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(0u, await sender.CountAsync(PlainSender.Queue));
        Assert.Equal(0, (await farm.GetAsync<UndeliveredMessages>("v1/undelivered")).Count);
        Assert.Empty((await farm.GetAsync<BatchPage>("v1/batches")).Items);
    }

    [Fact]
    public async Task Message_ThatNobodyCanBeAnswered_IsSetAsideAndShown()
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 1);
        await using var running = farm;
        await using var sender = await PlainSender.ConnectAsync(farm);
        const string Envelope = """{"messageId": "a1b2c3d4-0000-0000-0000-000000000001", "messageType": ["urn:message:RenderFarm.Contracts.Messages:SubmitBatch"], "message": {"priority": 1}}""";
        (string Queue, string Body, string? ReplyTo, string Aside, string Reason)[] messages =
        [
            (PlainSender.Queue, "no JSON", null, "_error", "names nowhere to say so: Invalid JSON"),
            (PlainSender.Queue, Good, "gone", "_error", "NO_ROUTE"),
            ("renderfarm-submit", "no envelope", null, "_error", "invalid"),
            ("renderfarm-submit", Envelope, null, "_error", "jobs"),
            ("renderfarm-submit", Envelope.Replace("SubmitBatch", "Else", StringComparison.Ordinal), null, "_skipped", "It is of no kind that is read there."),
            // What the broker gives up of the above comes here.
            ("renderfarm-undelivered", Good, null, "_error", "envelope"),
        ];
        var count = 0;
        foreach (var (queue, body, replyTo, aside, reason) in messages)
        {
            await sender.SendAsync(body, $"unanswered {++count}", replyTo, queue);
            var undelivered = await farm.EventuallyAsync(() => farm.GetAsync<UndeliveredMessages>("v1/undelivered"), shown => shown.Count == count);
            Assert.Contains($"'unanswered {count}' from '{queue}' is now in '{queue}{aside}'", undelivered.Newest[0].Reason, StringComparison.Ordinal);
            Assert.Contains(reason, undelivered.Newest[0].Reason, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(body, await sender.NextTextAsync(queue + aside));
        }

        // Accepted is accepted, whether or not its sender could be told.
        await farm.AssertAllSucceedAsync(Assert.Single((await farm.GetAsync<BatchPage>("v1/batches")).Items).Id);
    }

    [Fact]
    public async Task I2_MessageSentWhileTheApiIsDead_IsTakenByTheNextOne()
    {
        await using var farm = await DistributedFarm.OnEmptyServersAsync();
        using var migration = await farm.MigrateAsync();
        Assert.True(migration.ExitCode == 0, migration.Error);
        var api = farm.StartApi();
        await farm.ReadyAsync(api);
        await farm.ReadyAsync(farm.StartTestWorker());
        await using var sender = await PlainSender.ConnectAsync(farm);
        var news = await sender.HearAsync(nameof(BatchAccepted));
        var before = await sender.AskAsync(Good, "before");

        await api.KillAsync();
        var asked = sender.AskAsync(Good, "meanwhile");
        farm.StartApi();

        Assert.Equal(("BatchAccepted", "BatchAccepted"), (before.Type, (await asked).Type));
        // At least once: the first one's news may come twice.
        for (var heard = "before"; heard != "meanwhile"; heard = (await sender.NextAsync(news)).Body.GetProperty("message").GetProperty("key").GetString())
            Assert.Equal("before", heard);
    }

    [Fact]
    public async Task Subscriber_WithoutMassTransit_HearsOfABatchAndItsJobs()
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 1);
        await using var running = farm;
        await using var sender = await PlainSender.ConnectAsync(farm);
        string[] events = [nameof(BatchAccepted), nameof(JobSucceeded), nameof(JobFailed), nameof(BatchFinished), nameof(BatchRejected)];
        var heard = new Dictionary<string, string>();
        foreach (var name in events)
            heard[name] = await sender.HearAsync(name);

        var accepted = await sender.AskAsync("""{"jobs": [{"custom_id": "good", "prompt": "a circle"}, {"custom_id": "bad", "prompt": "poison"}]}""", "heard");
        await sender.AskAsync("{}", "unheard-of");
        var told = new Dictionary<string, System.Text.Json.JsonElement>();
        foreach (var name in events)
            told[name] = (await sender.NextAsync(heard[name])).Body.GetProperty("message");

        var batch = accepted.Body.GetProperty("batch_id").GetGuid();
        Assert.Equal((batch, "heard", 2), (told[nameof(BatchAccepted)].GetProperty("batchId").GetGuid(), told[nameof(BatchAccepted)].GetProperty("key").GetString(), told[nameof(BatchAccepted)].GetProperty("jobs").GetInt32()));
        Assert.Equal("good", told[nameof(JobSucceeded)].GetProperty("customId").GetString());
        Assert.Equal(("bad", "permanent"), (told[nameof(JobFailed)].GetProperty("customId").GetString(), told[nameof(JobFailed)].GetProperty("kind").GetString()));
        Assert.Equal(batch, told[nameof(BatchFinished)].GetProperty("batchId").GetGuid());
        Assert.Equal("unheard-of", told[nameof(BatchRejected)].GetProperty("key").GetString());
        Assert.Equal(JobState.Failed, (await farm.JobsAsync(batch))[1].State);
    }
}
