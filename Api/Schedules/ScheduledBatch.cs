using System.Globalization;
using System.Text;
using RenderFarm.Api.Batches;
using RenderFarm.Persistence.Schedules;

namespace RenderFarm.Api.Schedules;

/// <summary>The batch of a schedule as a submission.</summary>
internal static class ScheduledBatch
{
    private const string KeyName = "schedule";

    /// <summary>To be checked before there is a schedule.</summary>
    public static Submission Of(NewSchedule schedule) => Of(schedule.Tenant, schedule.Batch, null);

    /// <summary>To be submitted. However many processes do it and however often, schedule and time together make one batch.</summary>
    public static Submission Of(Schedule due) =>
        Of(due.Tenant, due.Batch, string.Create(CultureInfo.InvariantCulture, $"{KeyName} {due.Id} {due.NextAt:yyyy-MM-dd'T'HH:mm:ss.fffK}"));

    private static Submission Of(string tenant, string batch, string? key) => new()
    {
        Tenant = tenant, Key = key, KeyName = KeyName, Body = new MemoryStream(Encoding.UTF8.GetBytes(batch), writable: false), IsDocument = true,
    };
}
