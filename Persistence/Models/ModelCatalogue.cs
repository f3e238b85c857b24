using System.Text.Json;
using RenderFarm.Contracts.Models;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Models;

/// <summary>The models that workers have said they render.</summary>
public sealed class ModelCatalogue(FarmDatabase database)
{
    /// <summary>Says that a worker renders this model, now; said again with every heartbeat.</summary>
    public Task<int> RegisterAsync(ModelDescription model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        var json = JsonSerializer.Serialize(model, FarmJson.Options);
        return database.WriteAsync(transaction => transaction.ExecuteAsync($"""
            insert into models (name, description, registered_at, seen_at) values ({model.Name}, {json}, {transaction.Now}, {transaction.Now})
            on conflict (name) do update set description = excluded.description, seen_at = excluded.seen_at
            """), cancellationToken);
    }

    /// <summary>Takes all models as not served until a worker says so again; jobs may still name them.</summary>
    public Task<int> ForgetWorkersAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(transaction => transaction.ExecuteAsync($"update models set seen_at = 0"), cancellationToken);

    /// <summary>All models, the first registered first, with the time of their last heartbeat.</summary>
    public Task<IReadOnlyList<KnownModel>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<KnownModel>>(async connection => await connection.QueryAsync(
            $"select description, seen_at from models order by registered_at, name",
            row => new KnownModel(JsonSerializer.Deserialize<ModelDescription>(row.GetString(0), FarmJson.Options)!, row.Time(1))).ConfigureAwait(false), cancellationToken);
}
