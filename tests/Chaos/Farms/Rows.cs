using Npgsql;

namespace RenderFarm.Chaos.Farms;

/// <summary>Asks the database behind the farm's back.</summary>
internal static class Rows
{
    public static async Task<List<T>> ListAsync<T>(this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> row, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"p{i}", values[i]);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(row(reader));
        return rows;
    }

    public static async Task<long> CountAsync(this NpgsqlDataSource database, string sql) => (await database.ListAsync(sql, row => row.GetInt64(0)))[0];

    public static async Task ExecuteAsync(this NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
