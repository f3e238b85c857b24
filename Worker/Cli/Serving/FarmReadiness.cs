using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Serving;

/// <summary>Waits until a started farm's worker has loaded its model.</summary>
internal static class FarmReadiness
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <exception cref="ToolException">The farm stopped instead.</exception>
    public static async Task WaitAsync(WebApplication farm, CancellationToken cancellationToken)
    {
        var health = farm.Services.GetRequiredService<HealthCheckService>();
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), cancellationToken).ConfigureAwait(false);
            if (report.Status == HealthStatus.Healthy) return;
            if (farm.Lifetime.ApplicationStopping.IsCancellationRequested) throw new ToolException($"The farm could not start. {Reasons(report)}");
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Reasons(HealthReport report) => string.Join(' ', report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
        .Select(entry => $"{entry.Key}: {entry.Value.Exception?.Message ?? entry.Value.Description ?? "not ready"}"));
}
