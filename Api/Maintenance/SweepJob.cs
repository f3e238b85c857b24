using Hangfire;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Dispatch;
using RenderFarm.Api.Models;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Api.Maintenance;

/// <summary>Hangfire's recurring job that sweeps expired leases.</summary>
public sealed partial class SweepJob
{
    private readonly LeaseSweeper _sweeper;
    private readonly DispatchSignal _dispatch;
    private readonly DispatchOptions _options;
    private readonly ModelOptions _models;
    private readonly ILogger<SweepJob> _logger;

    public SweepJob(
        IServiceProvider services, LeaseSweeper sweeper, IOptions<DispatchOptions> options, IOptions<ModelOptions> models, ILogger<SweepJob> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(models);
        _sweeper = sweeper;
        _dispatch = services.GetRequiredService<DispatchSignal>();
        _options = options.Value;
        _models = models.Value;
        _logger = logger;
    }

    /// <summary>Sweeps once.</summary>
    [AutomaticRetry(Attempts = 0)]
    [DisableConcurrentExecution(30)]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var report = await _sweeper.SweepAsync(_options.MessageLife, _models.ServedFor, cancellationToken).ConfigureAwait(false);
        if (report is { Requeued: 0, Failed: 0, Redispatched: 0 })
            return;
        Swept(report.Requeued, report.Failed, report.Redispatched);
        _dispatch.Wake();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep: {Requeued} jobs of silent workers requeued, {Failed} failed at their last attempt, {Redispatched} messages to send again")]
    private partial void Swept(int requeued, int failed, int redispatched);
}
