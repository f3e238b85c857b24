using System.Text.Json;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Events;

/// <summary>Events that wait to be told. They are written by the transaction that makes them true and deleted when the broker has them.</summary>
public sealed class Outbox(FarmDatabase database)
{
    private static readonly Dictionary<string, Type> Types =
        new[]
        {
            typeof(BatchAccepted), typeof(BatchRejected), typeof(JobSucceeded), typeof(JobFailed), typeof(JobsCanceled), typeof(BatchPaused), typeof(BatchResumed),
            typeof(BatchFinished),
        }
            .ToDictionary(type => type.Name);

    /// <summary>The oldest events, at most so many.</summary>
    public Task<IReadOnlyList<PendingEvent>> PeekAsync(int count, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PendingEvent>>(async connection => await connection.QueryAsync(
            $"select id, type, body from outbox order by created_at, id limit {count}",
            row => new PendingEvent(row.Id(0), JsonSerializer.Deserialize(row.GetString(2), Types[row.GetString(1)], FarmJson.Options)!)).ConfigureAwait(false), cancellationToken);

    /// <summary>Forgets events that were told.</summary>
    public Task<int> DeleteAsync(IReadOnlyList<Guid> events, CancellationToken cancellationToken) =>
        database.WriteAsync(transaction => transaction.ExecuteAsync($"delete from outbox where id in {events}"), cancellationToken);

    /// <summary>Keeps an event to tell that no change of rows goes with.</summary>
    public Task<int> TellAsync<T>(T @event, CancellationToken cancellationToken) where T : notnull =>
        database.WriteAsync(transaction => AddAsync(transaction, @event), cancellationToken);

    internal static Task<int> AddAsync<T>(FarmTransaction transaction, T @event) where T : notnull => AddAllAsync<T>(transaction, [@event]);

    /// <summary>Adds events of one kind, in their order.</summary>
    internal static async Task<int> AddAllAsync<T>(FarmTransaction transaction, IReadOnlyList<T> events) where T : notnull
    {
        if (events.Count == 0)
            return 0;
        var rows = events.Select(@event => (Guid.CreateVersion7(transaction.Now), transaction.Now, typeof(T).Name, JsonSerializer.Serialize(@event, FarmJson.Options)));
        return await transaction.ExecuteAsync($"with told as {rows} insert into outbox (id, created_at, type, body) select * from told").ConfigureAwait(false);
    }
}
