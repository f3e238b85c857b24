using Microsoft.Extensions.Diagnostics.HealthChecks;
using RenderFarm.Persistence;

namespace RenderFarm.Worker.Devices;

/// <summary>Whether the worker's models are loaded and offered.</summary>
public sealed class WorkerReadiness(SchemaGate schema) : IHealthCheck
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Exception? _failure;

    /// <summary>Ends when the worker takes jobs; fails with the reason if a model cannot be loaded.</summary>
    public Task Ready => _ready.Task;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_failure is { } failure ? HealthCheckResult.Unhealthy(failure.Message)
            : _ready.Task.IsCompletedSuccessfully ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(schema.Obstacle ?? "The model is being loaded."));

    internal void Succeed() => _ready.TrySetResult();

    internal void Fail(Exception failure)
    {
        _failure = failure;
        _ready.TrySetException(failure);
    }
}
