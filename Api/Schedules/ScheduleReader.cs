using System.Globalization;
using System.Text.Json;
using RenderFarm.Api.Batches;
using RenderFarm.Persistence.Schedules;

namespace RenderFarm.Api.Schedules;

/// <summary>Reads a schedule, see Contracts' ScheduleRequest, all but the batch, and says everything that is wrong with it.</summary>
internal sealed class ScheduleReader(TimeProvider time, InputErrors errors)
{
    private const int MaxNameLength = 128;
    private readonly InputPlace _place = new(errors, null, string.Empty);

    /// <summary>The schedule, whose batch is not checked yet; null where there are errors.</summary>
    public NewSchedule? Read(string tenant, byte[] body)
    {
        using var document = JsonText.Parse(body, _place);
        if (document is null)
            return null;
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            _place.Refuse(null, $"A schedule is an object such as {{\"cron\": \"0 3 * * *\", \"batch\": {{\"jobs\": [{{\"prompt\": \"…\"}}]}}}}, not {JsonFields.Kind(root)}.");
            return null;
        }

        JsonFields.RefuseOthers(root, _place, "name", "at", "cron", "time_zone", "batch");
        var name = JsonFields.Text(root, "name", _place);
        if (name?.Length > MaxNameLength || name?.Any(char.IsControl) == true)
            _place.Refuse("name", $"'name' has {name.Length} characters; give at most {MaxNameLength}, none of them a control character.");
        var (at, cron, zone) = (JsonFields.Text(root, "at", _place), JsonFields.Text(root, "cron", _place), JsonFields.Text(root, "time_zone", _place));
        var next = errors.Items.Count > 0 ? null : Next(at, cron, zone);
        if (!JsonFields.TryGet(root, "batch", out var batch))
            _place.Refuse("batch", "'batch' is missing; give what POST /v1/batches takes: {\"jobs\": [{\"prompt\": \"…\"}]}.");
        if (errors.Items.Count > 0 || next is not { } nextAt)
            return null;
        return new() { Tenant = tenant, Name = name, Cron = cron, TimeZone = cron is null ? null : zone ?? "UTC", Batch = batch.GetRawText(), NextAt = nextAt };
    }

    private DateTimeOffset? Next(string? at, string? cron, string? zone)
    {
        if (at is null == cron is null)
        {
            _place.Refuse(at is null ? "at" : "cron", at is null ? "Neither 'at' nor 'cron' is given; say when." : "Both 'at' and 'cron' are given; choose one.");
            return null;
        }

        return cron is null ? Once(at!, zone) : Again(cron, zone);
    }

    private DateTimeOffset? Once(string at, string? zone)
    {
        if (zone is not null)
            _place.Refuse("time_zone", "'time_zone' is for 'cron'; 'at' has its offset in itself.");
        // To the second or finer, and with its offset: what is meant must not depend on where the farm stands.
        if (!DateTimeOffset.TryParseExact(at, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            || !(at.EndsWith('Z') || at[^6] is '+' or '-'))
            _place.Refuse("at", $"'at' is '{at}'; give a time with its offset, such as '2030-01-31T03:00:00Z' or '2030-01-31T03:00:00+01:00'.");
        else if (moment <= time.GetUtcNow())
            _place.Refuse("at", $"'at' is {at}, and it is {time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ssK} now; give a time to come, or POST the batch itself.");
        else
            return moment.ToUniversalTime();
        return null;
    }

    private DateTimeOffset? Again(string cron, string? zone)
    {
        try
        {
            if (Due.Again(cron, zone).After(time.GetUtcNow()) is { } next)
                return next;
            _place.Refuse("cron", $"'cron' is '{cron}', which never comes; give days that exist.");
        }
        catch (FormatException e)
        {
            _place.Refuse(e.InnerException is null ? "time_zone" : "cron", e.Message);
        }

        return null;
    }
}
