using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using RenderFarm.Api;
using RenderFarm.Cli.Errors;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Worker;
using RenderFarm.Worker.Rendering;

namespace RenderFarm.Cli.Serving;

/// <summary>The whole farm in this process: API, queue in memory, SQLite file, folder of pictures, one worker.</summary>
internal static class StandaloneFarm
{
    /// <summary>Starts a farm, waits until it is ready, does the work and stops it, whatever comes of the work.</summary>
    public static async Task RunAsync(StandaloneFarmSettings settings, Func<WebApplication, Task> work, CancellationToken cancellationToken)
    {
        var farm = Build(settings);
        await using var _ = farm.ConfigureAwait(false);
        await farm.StartRenderFarmAsync(cancellationToken).ConfigureAwait(false); // where it fails, it has stopped and disposed of the farm
        var failed = false;
        try
        {
            await FarmReadiness.WaitAsync(farm, cancellationToken).ConfigureAwait(false);
            await work(farm).ConfigureAwait(false);
        }
        catch
        {
            failed = true;
            throw;
        }
        finally
        {
            // Disposed without, it would pull the services from under running requests, and the process end while its device draws.
            var stopping = farm.StopAsync(CancellationToken.None);
            await stopping.ConfigureAwait(failed ? ConfigureAwaitOptions.SuppressThrowing : ConfigureAwaitOptions.None); // what ended the work says more
        }
    }

    /// <summary>Composes the farm; nothing is started and no file touched yet.</summary>
    private static WebApplication Build(StandaloneFarmSettings settings)
    {
        CheckModel(settings.Model);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = $"http://127.0.0.1:{settings.Port}",
            ["Messaging:Transport"] = "memory",
            ["Database:Provider"] = "sqlite",
            ["Database:File"] = Path.Combine(settings.Data, "farm.db"),
            ["Store:Provider"] = "folder",
            ["Store:Folder"] = Path.Combine(settings.Data, "pictures"),
        });
        if (settings.IsThrowaway) builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Worker:DrainTimeout"] = "00:00:00" });
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(settings switch { { IsThrowaway: false } => LogLevel.Warning, { IsVerbose: true } => LogLevel.Error, _ => LogLevel.Critical });
        // Whoever waits for the farm to be ready is no error, and why it cannot start is said once, by the tool.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (!settings.IsThrowaway) builder.Logging.AddFilter("MassTransit", LogLevel.Error).AddFilter("RenderFarm", LogLevel.Information);
        builder.Services.AddRenderFarmApi(builder.Configuration);
        builder.Services.AddRenderFarmWorker(builder.Configuration, [provider =>
            new CascadeRenderer(settings.Model, settings.Cascade, provider.GetRequiredService<ILogger<CascadeRenderer>>())]);
        var farm = builder.Build();
        farm.MapRenderFarm();
        return farm;
    }

    /// <summary>The address at which a started farm listens.</summary>
    public static Uri AddressOf(WebApplication farm) => new(farm.Urls.First() + "/");

    /// <summary>The folder is looked through before anything starts, so that a model that cannot be drawn with is an error of the command and not of every job.</summary>
    private static void CheckModel(string folder)
    {
        if (Cascade.Inspect(folder).AllErrors.FirstOrDefault() is { } fault)
            throw new ToolException($"The model '{folder}' cannot be rendered with: {fault} 'renderfarm inspect {folder}' tells more.");
    }
}
