using System.Text.Json;
using RenderFarm.Contracts.Models;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Models;

/// <summary>The models that workers have said they render.</summary>
public sealed class ModelCatalogue(FarmDatabase database)
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    /// <summary>Says that this worker renders this model, now; said again and again while it does.</summary>
    public Task<int> RegisterAsync(ModelDescription model, string worker, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        var json = JsonSerializer.Serialize(model, FarmJson.Options);
        return database.WriteAsync(async transaction =>
        {
            await transaction.ExecuteAsync($"""
                insert into models (name, description, registered_at, seen_at) values ({model.Name}, {json}, {transaction.Now}, {transaction.Now})
                on conflict (name) do update set description = excluded.description, seen_at = excluded.seen_at
                """).ConfigureAwait(false);
            await transaction.ExecuteAsync($"delete from workers where model = {model.Name} and seen_at < {transaction.Now - Forgotten}").ConfigureAwait(false);
            return await transaction.ExecuteAsync($"""
                insert into workers (model, name, seen_at) values ({model.Name}, {worker}, {transaction.Now})
                on conflict (model, name) do update set seen_at = excluded.seen_at
                """).ConfigureAwait(false);
        }, cancellationToken);
    }

    /// <summary>Says that this worker takes no more jobs.</summary>
    public Task<int> WithdrawAsync(ModelDescription model, string worker, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        return database.WriteAsync(transaction => transaction.ExecuteAsync($"delete from workers where model = {model.Name} and name = {worker}"), cancellationToken);
    }

    /// <summary>Takes all models as not served until a worker says so again; jobs may still name them.</summary>
    public Task<int> ForgetWorkersAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(async transaction =>
        {
            await transaction.ExecuteAsync($"delete from workers").ConfigureAwait(false);
            return await transaction.ExecuteAsync($"update models set seen_at = 0").ConfigureAwait(false);
        }, cancellationToken);

    /// <summary>All models, the first registered first, with the time of their last heartbeat.</summary>
    public Task<IReadOnlyList<KnownModel>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<KnownModel>>(async connection => await connection.QueryAsync(
            $"select description, seen_at, paused_at is not null from models order by registered_at, name",
            row => new KnownModel(JsonSerializer.Deserialize<ModelDescription>(row.GetString(0), FarmJson.Options)!, row.Time(1), row.GetBoolean(2))).ConfigureAwait(false),
            cancellationToken);
}
