using RenderFarm.Contracts.Batches;

namespace RenderFarm.Contracts.Schedules;

/// <summary>Body of <c>POST /v1/schedules</c>: when, once by <see cref="At"/> or again and again by <see cref="Cron"/>, and what.</summary>
public sealed record ScheduleRequest
{
    /// <summary>For people; at most 128 characters.</summary>
    public string? Name { get; init; }

    /// <summary>The one time at which the batch is submitted, with its offset: "2030-01-31T03:00:00+01:00".</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The times at which it is submitted: minute, hour, day of month, month and day of week, such as "0 3 * * MON-FRI".</summary>
    public string? Cron { get; init; }

    /// <summary>IANA name of the time zone in which the expression is meant, such as "Europe/Berlin". Default: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Checked like the body of <c>POST /v1/batches</c>, now and again whenever it is due.</summary>
    public required BatchRequest Batch { get; init; }
}
