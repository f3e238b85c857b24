using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Persistence;

/// <summary>Where the farm keeps its rows.</summary>
public sealed class PersistenceOptions : IValidatableObject
{
    public const string Section = "Database";

    /// <summary>"sqlite" (one process) or "postgres" (any number). Default: sqlite.</summary>
    public string Provider { get; set; } = "sqlite";

    /// <summary>SQLite's file. Default: farm.db in the working folder.</summary>
    public string File { get; set; } = "farm.db";

    /// <summary>PostgreSQL's connection string.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Attempts after which a job that keeps failing for passing reasons is failed for good.</summary>
    [Range(1, 100, ErrorMessage = "Database:MaxAttempts is {0}; give 1 to 100 attempts.")]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Wait before the second attempt; doubled for each one after it.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between attempts.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider is not ("sqlite" or "postgres"))
            yield return new($"Database:Provider is '{Provider}'; set it to 'sqlite' or 'postgres'.", [nameof(Provider)]);
        if (Provider == "sqlite" && string.IsNullOrWhiteSpace(File))
            yield return new("Database:File is empty; name the file in which SQLite keeps the farm.", [nameof(File)]);
        if (Provider == "postgres" && string.IsNullOrWhiteSpace(ConnectionString))
            yield return new("Database:ConnectionString is empty; with Database:Provider 'postgres' give one such as "
                + "'Host=localhost;Database=renderfarm;Username=…;Password=…'.", [nameof(ConnectionString)]);
        if (RetryDelay < TimeSpan.Zero || MaxRetryDelay < RetryDelay)
            yield return new($"Database:RetryDelay is {RetryDelay} and Database:MaxRetryDelay is {MaxRetryDelay}; "
                + "the first must not be negative nor exceed the second.", [nameof(RetryDelay)]);
    }

    /// <summary>Wait before the attempt after this many.</summary>
    internal TimeSpan DelayAfter(int attempts) =>
        TimeSpan.FromTicks(Math.Min(MaxRetryDelay.Ticks, RetryDelay.Ticks * (1L << Math.Clamp(attempts - 1, 0, 20))));
}
