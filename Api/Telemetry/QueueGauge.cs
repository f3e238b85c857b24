using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Api.Telemetry;

/// <summary>Shows how many jobs of each model wait, are dispatched, and run. Counted now and then, and only while somebody listens.</summary>
internal sealed partial class QueueGauge : BackgroundService
{
    public const string MeterName = "RenderFarm.Api";
    private const string State = "renderfarm.queue.state";
    private readonly QueueDepths _depths;
    private readonly SchemaGate _schema;
    private readonly TelemetryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueGauge> _logger;
    private readonly ObservableUpDownCounter<int> _gauge;
    private volatile IReadOnlyList<QueueDepth> _last = [];

    public QueueGauge(IMeterFactory meters, QueueDepths depths, SchemaGate schema, IOptions<TelemetryOptions> options, TimeProvider time, ILogger<QueueGauge> logger)
    {
        (_depths, _schema, _options, _time, _logger) = (depths, schema, options.Value, time, logger);
        _gauge = meters.Create(MeterName).CreateObservableUpDownCounter("renderfarm.queue.jobs", Observe, "{job}", "Jobs that are not finished.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _schema.PassAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(_options.QueueInterval, _time);
        do
        {
            try
            {
                if (_gauge.Enabled)
                    _last = await _depths.CountAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private IEnumerable<Measurement<int>> Observe() => _last.SelectMany(depth => new[]
    {
        Measure(depth.Waiting, depth.Model, "waiting"), Measure(depth.Dispatched, depth.Model, "dispatched"), Measure(depth.Running, depth.Model, "running"),
    });

    private static Measurement<int> Measure(int count, string model, string state) => new(count, new(FarmMetrics.Model, model), new(State, state));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queues could not be counted; tried again later")]
    private partial void Failed(Exception exception);
}
