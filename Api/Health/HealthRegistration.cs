using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Health;

internal static class HealthRegistration
{
    /// <summary>Tag of the checks that decide whether the farm works.</summary>
    public const string Ready = "ready";

    public static void AddFarmHealth(this IServiceCollection services) =>
        services.AddHealthChecks()
            .Add(new("database", provider => new Probe(provider.GetRequiredService<FarmDatabase>().CheckAsync), HealthStatus.Unhealthy, [Ready]))
            .Add(new("store", provider => new Probe(provider.GetRequiredService<IObjectStore>().CheckAsync), HealthStatus.Unhealthy, [Ready]));

    /// <summary>/health/live: the process answers. /health/ready: database, store, bus and its queues, and where one is in the process the worker's model.</summary>
    public static void MapFarmHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new HealthAnswer
    {
        Status = report.Status.ToString(),
        Checks = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Description ?? entry.Value.Exception?.Message ?? entry.Value.Status.ToString()),
        Failing = [.. report.Entries.Where(entry => entry.Value.Status == HealthStatus.Unhealthy).Select(entry => entry.Key)],
    }, context.RequestAborted);
}
