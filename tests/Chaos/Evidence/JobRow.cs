using Npgsql;
using RenderFarm.Chaos.Farms;

namespace RenderFarm.Chaos.Evidence;

/// <summary>A job as it is in the end.</summary>
internal sealed record JobRow(Guid Id, Guid Batch, string Tenant, string Model, string Prompt, long Seed, string State, int Attempts, string? ErrorKind, string? Error, DateTimeOffset CreatedAt)
{
    public bool IsTerminal => State is "succeeded" or "failed" or "canceled" or "expired";

    /// <summary>The state in which it must end unless it is canceled.</summary>
    public string Due => Prompt.Contains("poison", StringComparison.Ordinal) ? "failed" : "succeeded";

    public static Task<List<JobRow>> ReadAsync(NpgsqlDataSource database) => database.ListAsync(
        "select id, batch_id, tenant, model, prompt, seed, state, attempts, error_kind, error_message, created_at from jobs order by created_at, batch_id, position",
        row => new JobRow(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetString(6), row.GetInt32(7),
            row.IsDBNull(8) ? null : row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10))));
}
