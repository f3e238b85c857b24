using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Api.Telemetry;

internal static class TelemetryRegistration
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Metrics at /metrics; traces by OTLP where the standard OTEL_EXPORTER_OTLP_ENDPOINT says whereto, and none are made where it does not.</summary>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TelemetryOptions>().Bind(configuration.GetSection(TelemetryOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedService<QueueGauge>();
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("renderfarm-api"))
            .WithMetrics(metrics => metrics.AddMeter(FarmMetrics.MeterName, QueueGauge.MeterName, "Microsoft.AspNetCore.Hosting", "System.Runtime").AddPrometheusExporter());
        if (!string.IsNullOrEmpty(configuration[OtlpEndpoint]))
            telemetry.WithTracing(tracing => tracing.AddSource(DispatchActivities.SourceName, "MassTransit").AddAspNetCoreInstrumentation().AddOtlpExporter());
    }
}
