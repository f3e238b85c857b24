using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace RenderFarm.Worker;

/// <summary>What an orchestrator asks a worker process: live (it answers) and ready (its model is loaded and the broker has it).</summary>
internal static class WorkerHealth
{
    public static void MapWorkerHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        routes.MapHealthChecks("/health/ready");
    }
}
