using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using RenderFarm.Worker.Telemetry;
using Xunit;

namespace RenderFarm.Worker.Tests.Telemetry;

public sealed class WorkerTelemetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OfAWorkerProcess_ShowWhatItsDevicesDid()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddInstruments();
        builder.Services.AddTelemetry(builder.Configuration);
        await using var worker = builder.Build();
        worker.Urls.Add("http://127.0.0.1:0");
        worker.MapPrometheusScrapingEndpoint();
        await worker.StartAsync(Token);
        var model = $"metrics-{Guid.NewGuid():N}";

        WorkerMetrics.CountStep(model, "stage1");
        WorkerMetrics.RecordGroup(model, 3, TimeSpan.FromSeconds(2), [new() { Stage = "stage1", Seconds = 1.5 }]);

        WorkerMetrics.CountPreview(model);
        WorkerMetrics.CountDropped(model, "store");
        WorkerMetrics.RecordLook(model, "stage1", TimeSpan.FromSeconds(0.5));

        using var client = new HttpClient { BaseAddress = new(worker.Urls.First()) };
        var text = await client.GetStringAsync("/metrics", Token);
        var lines = text.Split('\n').Where(line => line.Contains(model, StringComparison.Ordinal)).ToList();
        Assert.Contains("\ndotnet_process_memory_working_set_bytes{", text, StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("renderfarm_steps_total{", StringComparison.Ordinal) && line.Contains("} 1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("renderfarm_group_size_sum{", StringComparison.Ordinal) && line.Contains("} 3", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("renderfarm_group_duration_seconds_sum{", StringComparison.Ordinal) && line.Contains("} 2", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("renderfarm_stage_duration_seconds_sum{", StringComparison.Ordinal) && line.Contains("} 1.5", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("renderfarm_previews_kept_total{", StringComparison.Ordinal) && line.Contains("} 1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("renderfarm_previews_dropped_total{", StringComparison.Ordinal) && line.Contains("renderfarm_reason=\"store\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("renderfarm_preview_duration_seconds_sum{", StringComparison.Ordinal) && line.Contains("} 0.5", StringComparison.Ordinal));
    }
}
