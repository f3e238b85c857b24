using MassTransit;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Batches;
using RenderFarm.Api.Dispatch;
using RenderFarm.Api.Errors;
using RenderFarm.Api.Events;
using RenderFarm.Api.Health;
using RenderFarm.Api.Jobs;
using RenderFarm.Api.Maintenance;
using RenderFarm.Api.Messaging;
using RenderFarm.Api.Models;
using RenderFarm.Api.Pictures;
using RenderFarm.Api.Schedules;
using RenderFarm.Api.Start;
using RenderFarm.Api.Submissions;
using RenderFarm.Api.Telemetry;
using RenderFarm.Persistence;

namespace RenderFarm.Api;

/// <summary>Puts the API into a host: its own process, or the standalone farm's.</summary>
public static partial class RenderFarmApi
{
    /// <summary>Registers everything that the API needs. Settings: Database, Store, Messaging, Dispatch, Intake, Models, Schedules, Maintenance, Retention, Telemetry.</summary>
    public static IServiceCollection AddRenderFarmApi(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddRenderFarmPersistence(configuration);
        services.AddHostedService<StandaloneStart>();
        services.AddFarmBus(configuration);
        services.AddOptions<IntakeOptions>().Bind(configuration.GetSection(IntakeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ModelOptions>().Bind(configuration.GetSection(ModelOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DispatchOptions>().Bind(configuration.GetSection(DispatchOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ModelDirectory>().AddSingleton<BatchSubmission>().AddSingleton<PostedBatch>().AddSingleton<JobExplainer>().AddSingleton<JobPreviews>();
        services.AddSingleton<DispatchSignal>().AddSingleton<RenderQueueAddress>().AddHostedService<Dispatcher>();
        services.AddSingleton<OutboxSignal>().AddHostedService<OutboxRelay>();
        services.AddSubmissions();
        services.AddSchedules(configuration);
        services.AddMaintenance(configuration);
        services.AddFarmHealth();
        services.AddTelemetry(configuration);
        services.AddProblemDetails(options => options.CustomizeProblemDetails = WrongContentType.Explain).AddExceptionHandler<FaultHandler>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // else what cannot be read of a query is refused without a word
        services.Configure<JsonOptions>(json => FarmJson.Apply(json.SerializerOptions));
        services.AddOpenApi();
        return services;
    }

    /// <summary>Maps every route of the API.</summary>
    public static WebApplication MapRenderFarm(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapBatches();
        app.MapSchedules();
        app.MapJobs();
        app.MapPictures();
        app.MapModels();
        app.MapUndelivered();
        app.MapFarmHealth();
        app.MapPrometheusScrapingEndpoint();
        app.MapMaintenance();
        app.MapOpenApi();
        return app;
    }

    /// <summary>Starts the host. Throws <see cref="FarmStartException"/> with a remedy where settings, files or the port forbid it.</summary>
    public static async Task StartRenderFarmAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            // Before anything is made that touches the database.
            StandaloneStart.CheckAlone(app.Services.GetRequiredService<IOptions<PersistenceOptions>>().Value, app.Services.GetRequiredService<IOptions<MessagingOptions>>().Value);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // What was started before the fault would keep the process alive.
            await app.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.DisposeAsync().ConfigureAwait(false);
            if (Explain(e) is { } explanation)
                throw new FarmStartException(explanation, e);
            throw;
        }
    }

    /// <summary>Runs the host to its end. Returns the exit code: 1 where it could not start, with the reason logged in a line.</summary>
    internal static async Task<int> RunRenderFarmAsync(this WebApplication app)
    {
        var (logger, stopping) = (app.Logger, app.Lifetime.ApplicationStopping);
        try
        {
            await app.StartRenderFarmAsync().ConfigureAwait(false);
        }
        catch (FarmStartException e)
        {
            CannotStart(logger, e.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop before it had started: by a signal, or by a part of it that has said why.
            return Environment.ExitCode;
        }

        await app.WaitForShutdownAsync().ConfigureAwait(false);
        return Environment.ExitCode;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The API cannot start: {Reason}")]
    private static partial void CannotStart(ILogger logger, string reason);

    private static string? Explain(Exception fault) => fault switch
    {
        IOException { InnerException: AddressInUseException } =>
            $"{fault.Message.TrimEnd('.')}. Another program listens there: stop it, or choose another port with --urls http://127.0.0.1:PORT.",
        OptionsValidationException options => string.Join(Environment.NewLine, options.Failures),
        _ => null,
    };
}
