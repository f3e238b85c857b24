using Npgsql;
using RenderFarm.Chaos.Farms;

namespace RenderFarm.Chaos.Evidence;

/// <summary>A committed picture as it is recorded.</summary>
internal sealed record OutputRow(Guid Job, string Key, long Size, string Sha256)
{
    public static Task<List<OutputRow>> ReadAsync(NpgsqlDataSource database) => database.ListAsync(
        "select job_id, key, size, sha256 from outputs", row => new OutputRow(row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3)));
}
