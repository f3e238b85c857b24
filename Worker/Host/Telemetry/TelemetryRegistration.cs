using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Worker.Telemetry;

internal static class TelemetryRegistration
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Shows the worker's own instruments and traces to whatever its process exports them with.</summary>
    public static void AddInstruments(this IServiceCollection services)
    {
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(WorkerMetrics.MeterName));
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(JobActivities.SourceName));
    }

    /// <summary>For a worker process: metrics at /metrics, and traces by OTLP where the standard OTEL_EXPORTER_OTLP_ENDPOINT says whereto.</summary>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("renderfarm-worker"))
            .WithMetrics(metrics => metrics.AddMeter(FarmMetrics.MeterName, "System.Runtime").AddPrometheusExporter());
        if (!string.IsNullOrEmpty(configuration[OtlpEndpoint]))
            telemetry.WithTracing(tracing => tracing.AddSource("MassTransit").AddOtlpExporter());
    }
}
