using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RenderFarm.Api.Health;

/// <summary>A check that passes unless its work throws.</summary>
internal sealed class Probe(Func<CancellationToken, Task> work) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await work(cancellationToken).ConfigureAwait(false);
        return HealthCheckResult.Healthy();
    }
}
