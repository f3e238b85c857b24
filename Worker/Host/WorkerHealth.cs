using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RenderFarm.Worker;

/// <summary>What an orchestrator asks a worker process: live (it answers) and ready (its model is loaded and the broker has it).</summary>
internal static class WorkerHealth
{
    public static void MapWorkerHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    /// <summary>A line per check, with the reason where it does not pass.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsync(
        string.Join('\n', report.Entries.Select(entry => $"{entry.Key}: {entry.Value.Description ?? entry.Value.Status.ToString()}")), context.RequestAborted);
}
