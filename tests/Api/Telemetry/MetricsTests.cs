using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Telemetry;

[Collection(nameof(AloneInProcess))]
public sealed partial class MetricsTests : IDisposable
{
    // Counters are the process's and go on from test to test: a model of each test's own tells them apart.
    private readonly string _model = $"metrics-{Guid.NewGuid():N}";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Metrics_BatchWithEveryEnd_ShowsWhatBecameOfItsJobs()
    {
        var renderer = new TestRenderer { Model = TestRenderer.Describe(_model), MaxBatch = 4 };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer], new Dictionary<string, string?> { ["Telemetry:QueueInterval"] = "00:00:00.050" });
        var canceled = await farm.SubmitAsync("{\"prompt\": \"hold\"}");
        await FarmHost.EventuallyAsync(() => Task.FromResult(renderer.IsHolding), holding => holding);
        await ValueAsync(farm, "renderfarm_queue_jobs", "renderfarm_queue_state=\"running\"", value => value == 1);
        (await farm.Client.PostAsync($"/v1/batches/{canceled.Id}/cancel", null, Token)).Dispose();
        var batch = await farm.SubmitAsync("{\"prompt\": \"a\"}", "{\"prompt\": \"b\"}", "{\"prompt\": \"poison\"}");
        await farm.FinishedAsync(batch.Id);
        // Alone: in a group it would succeed when its half is rendered again.
        await farm.FinishedAsync((await farm.SubmitAsync("{\"prompt\": \"flaky\"}")).Id);

        await ValueAsync(farm, "renderfarm_jobs_accepted_total", string.Empty, value => value == 5);
        await ValueAsync(farm, "renderfarm_jobs_finished_total", "renderfarm_job_state=\"succeeded\"", value => value == 3);
        await ValueAsync(farm, "renderfarm_jobs_finished_total", "renderfarm_job_state=\"failed\"", value => value == 1);
        await ValueAsync(farm, "renderfarm_jobs_finished_total", "renderfarm_job_state=\"canceled\"", value => value == 1);
        await ValueAsync(farm, "renderfarm_jobs_retried_total", "renderfarm_error_kind=\"transient\"", value => value == 1);
        await ValueAsync(farm, "renderfarm_job_wait_duration_seconds_count", string.Empty, value => value == 5);
        await ValueAsync(farm, "renderfarm_queue_jobs", "renderfarm_queue_state=\"waiting\"", value => value == 0);
        await ValueAsync(farm, "renderfarm_queue_jobs", "renderfarm_queue_state=\"running\"", value => value == 0);
        Assert.True(await ValueAsync(farm, "renderfarm_group_size_count", string.Empty, value => value > 0) >= 2);
        Assert.True(await ValueAsync(farm, "renderfarm_steps_total", "renderfarm_stage=\"stage1\"", value => value > 0) >= 8);
        // The renderer says that each stage took so long, whatever it really took.
        var groups = await ValueAsync(farm, "renderfarm_stage_duration_seconds_count", "renderfarm_stage=\"stage2\"", value => value > 0);
        Assert.Equal(groups * 0.5, await ValueAsync(farm, "renderfarm_stage_duration_seconds_sum", "renderfarm_stage=\"stage2\"", value => value > 0), 6);
        Assert.True(await ValueAsync(farm, "renderfarm_group_duration_seconds_count", string.Empty, value => value > 0) >= groups);
    }

    [Fact]
    public async Task Metrics_LeaseThatRanOutAndItsLateCommit_AreCounted()
    {
        var renderer = new TestRenderer { Model = TestRenderer.Describe(_model), MaxBatch = 1 };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer]);
        var fenced = await SumAsync(farm, "renderfarm_commits_fenced_total");
        var batch = await farm.SubmitAsync("{\"prompt\": \"hold\"}", "{\"prompt\": \"next\"}", "{\"prompt\": \"taken\"}");
        await FarmHost.EventuallyAsync(() => farm.BatchAsync(batch.Id), status => status.Counts.Running == 2);
        var taken = (await farm.JobsAsync(batch.Id)).Single(job => job.State == JobState.Queued);
        var silent = Assert.Single(await farm.Services.GetRequiredService<JobLeases>().ClaimAsync("silent", _model, [new(taken.Id)], TimeSpan.FromMilliseconds(1), Token));
        await ValueAsync(farm, "renderfarm_leases_expired_total", string.Empty, value => value == 1);

        var report = new JobReport { Timings = [], UnknownWords = [], Provenance = new Dictionary<string, string>() };
        var late = new JobResult { Job = new(silent.Id, silent.Epoch), Outputs = [], Report = report };
        renderer.Release();
        await farm.FinishedAsync(batch.Id);
        Assert.Equal([CommitOutcome.Fenced], await farm.Services.GetRequiredService<JobResults>().CommitAsync([late], Token));

        await FarmHost.EventuallyAsync(() => SumAsync(farm, "renderfarm_commits_fenced_total"), sum => sum > fenced);
    }

    /// <summary>The value of this test's model and the given label, once it is as it should be.</summary>
    private Task<double> ValueAsync(FarmHost farm, string name, string label, Func<double, bool> isRight) => FarmHost.EventuallyAsync(
        async () => (await LinesAsync(farm, name))
            .Where(line => line.Contains($"\"{_model}\"", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
            .Select(Value).DefaultIfEmpty(-1).Single(),
        isRight);

    private static async Task<double> SumAsync(FarmHost farm, string name) => (await LinesAsync(farm, name)).Sum(Value);

    private static async Task<IReadOnlyList<string>> LinesAsync(FarmHost farm, string name)
    {
        var text = await farm.Client.GetStringAsync("/metrics", Token);
        return [.. text.Split('\n').Where(line => line.StartsWith($"{name}{{", StringComparison.Ordinal) || line.StartsWith($"{name} ", StringComparison.Ordinal))];
    }

    private static double Value(string line) => double.Parse(Sample().Match(line).Groups["value"].Value, CultureInfo.InvariantCulture);

    /// <summary>Name, labels, value, and perhaps the time.</summary>
    [GeneratedRegex("^[a-z0-9_]+(\\{.*\\})? (?<value>[^ ]+)( [0-9]+)?$")]
    private static partial Regex Sample();
}
