using Cronos;

namespace RenderFarm.Api.Schedules;

/// <summary>When something is due: at one time, or by a cron expression in a time zone.</summary>
internal sealed class Due
{
    private readonly CronExpression? _cron;
    private readonly TimeZoneInfo _zone;

    private Due(CronExpression? cron, TimeZoneInfo zone) => (_cron, _zone) = (cron, zone);

    /// <summary>Once only.</summary>
    public static Due Once { get; } = new(null, TimeZoneInfo.Utc);

    /// <summary>Throws <see cref="FormatException"/> with the remedy where the expression or the zone is none.</summary>
    /// <param name="cron">Five fields.</param>
    /// <param name="zone">IANA name; null for UTC.</param>
    public static Due Again(string cron, string? zone) => new(ParseCron(cron), zone is null ? TimeZoneInfo.Utc : ParseZone(zone));

    /// <summary>As a schedule was stored.</summary>
    public static Due Of(Persistence.Schedules.Schedule schedule) => schedule.Cron is null ? Once : Again(schedule.Cron, schedule.TimeZone);

    /// <summary>
    /// The first time after this one; null where there is none. A time that a change of clocks skips falls on the moment after it, and of one
    /// that it repeats the first counts.
    /// </summary>
    public DateTimeOffset? After(DateTimeOffset time) => _cron?.GetNextOccurrence(time, _zone)?.ToUniversalTime();

    private static CronExpression ParseCron(string cron)
    {
        try
        {
            return CronExpression.Parse(cron);
        }
        catch (CronFormatException e)
        {
            throw new FormatException($"'cron' is '{cron}': {e.Message.TrimEnd('.')}. Give minute, hour, day of month, month and day of week, such as '0 3 * * MON-FRI'.", e);
        }
    }

    private static TimeZoneInfo ParseZone(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found
        : throw new FormatException($"'time_zone' is '{zone}', which is not known here; give an IANA name such as 'Europe/Berlin', or leave it out for UTC.");
}
