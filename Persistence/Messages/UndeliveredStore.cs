using System.Text;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Messages;

/// <summary>Remembers which messages were given up, for all processes and over their ends.</summary>
public sealed class UndeliveredStore(FarmDatabase database)
{
    /// <summary>For so long a message is remembered.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    /// <summary>So many are remembered at most, the newest.</summary>
    public const int Most = 1000;

    /// <summary>So many are shown.</summary>
    public const int Shown = 20;

    private const int LongestReason = 2000;

    /// <param name="job">The job that the message was about; null where it was about none.</param>
    /// <param name="reason">Why it was given up; cut after 2,000 characters, and without what PostgreSQL keeps in no text.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    public Task AddAsync(Guid? job, string reason, CancellationToken cancellationToken) => database.WriteAsync(async transaction =>
    {
        await transaction.ExecuteAsync($"delete from undelivered where at < {transaction.Now - Memory}").ConfigureAwait(false);
        await transaction.ExecuteAsync($"delete from undelivered where id in (select id from undelivered order by at desc, id desc limit {Most} offset {Most - 1})").ConfigureAwait(false);
        return await transaction.ExecuteAsync($"insert into undelivered (id, at, job_id, reason) values ({Guid.CreateVersion7(transaction.Now)}, {transaction.Now}, {job}, {Storable(reason)})").ConfigureAwait(false);
    }, cancellationToken);

    /// <summary>How many are remembered, and the newest of them.</summary>
    public Task<UndeliveredMessages> ReadAsync(CancellationToken cancellationToken) => database.ReadAsync(async read =>
    {
        var since = read.Now - Memory;
        var count = await read.QueryAsync($"select count(*) from undelivered where at >= {since}", row => (int)row.GetInt64(0)).ConfigureAwait(false);
        var newest = await read.QueryAsync(
            $"select job_id, reason, at from undelivered where at >= {since} order by at desc, id desc limit {Shown}",
            row => new UndeliveredMessage { JobId = row.IsDBNull(0) ? null : row.Id(0), Reason = row.GetString(1), At = row.Time(2) }).ConfigureAwait(false);
        return new UndeliveredMessages { Count = count[0], Newest = newest };
    }, cancellationToken);

    /// <summary>Whole characters, none of them NUL or half of a pair: reasons quote what strangers sent.</summary>
    private static string Storable(string reason)
    {
        var kept = new StringBuilder();
        foreach (var rune in reason.EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > LongestReason) break;
            kept.Append(rune.Value == 0 ? Rune.ReplacementChar.ToString() : rune.ToString());
        }
        return kept.ToString();
    }
}
