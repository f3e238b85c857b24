using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Maintenance;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Start;

/// <summary>
/// <c>dotnet RenderFarm.Api.dll migrate</c>: brings database and object store to what this build needs, and ends. Run before a new version's
/// replicas; running it again, or twice at once, does no harm.
/// </summary>
internal static partial class MigrateCommand
{
    public const string Name = "migrate";

    /// <summary>Says in a line each what was done, or in one line why not. Returns the exit code.</summary>
    public static async Task<int> RunAsync(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Error);
        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            try
            {
                await MigrateAsync(app.Services, app.Logger, CancellationToken.None).ConfigureAwait(false);
                return 0;
            }
            catch (Exception e)
            {
                Failed(app.Logger, e is OptionsValidationException options ? string.Join(' ', options.Failures) : e.Message);
                return 1;
            }
        }
    }

    private static async Task MigrateAsync(IServiceProvider services, ILogger logger, CancellationToken cancellationToken)
    {
        var persistence = services.GetRequiredService<IOptions<PersistenceOptions>>().Value;
        var store = services.GetRequiredService<IObjectStore>();
        var applied = await services.GetRequiredService<FarmDatabase>().MigrateAsync(cancellationToken).ConfigureAwait(false);
        await MaintenanceRegistration.MigrateAsync(persistence, cancellationToken).ConfigureAwait(false);
        var result = applied.Count == 0 ? "nothing was to be applied" : $"applied {string.Join(", ", applied)}";
        Migrated(logger, persistence.Provider, result);
        var prepared = await store.PrepareAsync(cancellationToken).ConfigureAwait(false);
        Prepared(logger, prepared);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Database ({Provider}): {Result}.")]
    private static partial void Migrated(ILogger logger, string provider, string result);

    [LoggerMessage(Level = LogLevel.Information, Message = "Store: {Result}")]
    private static partial void Prepared(ILogger logger, string result);

    [LoggerMessage(Level = LogLevel.Error, Message = "Migration failed: {Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
