using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Batches;

/// <summary>Writes the rows of a new batch's jobs in bulk: COPY on PostgreSQL, one prepared statement on SQLite.</summary>
internal sealed class JobRows(Guid batchId, NewBatch batch, IReadOnlyDictionary<(string Model, int Priority), int> lanes)
{
    private static readonly string[] Columns =
        ["id", "batch_id", "lane", "position", "tenant", "custom_id", "model", "priority", "prompt", "negative_prompt", "seed", "settings",
         "inputs", "compatibility", "state", "epoch", "attempts", "postponed", "created_at"];

    private static readonly NpgsqlDbType[] Types =
        [NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text,
         NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text,
         NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Bigint];

    // Most jobs of a batch share their settings, and many their pictures: JSON and key are made once per distinct pair of objects.
    private readonly Dictionary<(object, object), (string Settings, string? Inputs, string Key)> _shared = new(SamePair.Instance);

    public Task WriteAsync(FarmTransaction transaction) =>
        transaction.Dialect == Dialect.Postgres ? CopyAsync(transaction) : InsertAsync(transaction);

    private async Task CopyAsync(FarmTransaction transaction)
    {
        var connection = (NpgsqlConnection)transaction.Connection;
        var writer = await connection.BeginBinaryImportAsync($"copy jobs ({string.Join(", ", Columns)}) from stdin (format binary)",
            transaction.CancellationToken).ConfigureAwait(false);
        await using var _ = writer.ConfigureAwait(false);
        var values = new object?[Columns.Length];
        for (var position = 0; position < batch.Jobs.Count; position++)
        {
            Fill(values, position, transaction.Now);
            await writer.StartRowAsync(transaction.CancellationToken).ConfigureAwait(false);
            for (var i = 0; i < values.Length; i++)
                await WriteValueAsync(writer, values[i], Types[i], transaction.CancellationToken).ConfigureAwait(false);
        }

        await writer.CompleteAsync(transaction.CancellationToken).ConfigureAwait(false);
    }

    private static Task WriteValueAsync(NpgsqlBinaryImporter writer, object? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? writer.WriteNullAsync(cancellationToken) : writer.WriteAsync(value, type, cancellationToken);

    private async Task InsertAsync(FarmTransaction transaction)
    {
        using var command = transaction.Command();
        var parameters = new DbParameter[Columns.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i] = command.CreateParameter();
            parameters[i].ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{i}");
            command.Parameters.Add(parameters[i]);
        }

        command.CommandText = $"insert into jobs ({string.Join(", ", Columns)}) values ({string.Join(", ", parameters.Select(p => p.ParameterName))})";
        var values = new object?[Columns.Length];
        for (var position = 0; position < batch.Jobs.Count; position++)
        {
            Fill(values, position, transaction.Now);
            for (var i = 0; i < values.Length; i++)
                parameters[i].Value = values[i] ?? DBNull.Value;
            await command.ExecuteNonQueryAsync(transaction.CancellationToken).ConfigureAwait(false);
        }
    }

    private void Fill(object?[] values, int position, DateTimeOffset now)
    {
        var job = batch.Jobs[position];
        if (!_shared.TryGetValue((job.Settings, job.Inputs), out var shared))
        {
            var inputs = job.Inputs.Count == 0 ? null : JsonSerializer.Serialize(job.Inputs, FarmJson.Options);
            shared = (JsonSerializer.Serialize(job.Settings, FarmJson.Options), inputs, CompatibilityKey.Of(job.Model, job.Settings, job.Inputs.Keys));
            _shared.Add((job.Settings, job.Inputs), shared);
        }

        var row = (object?[])[Guid.CreateVersion7(now), batchId, lanes[(job.Model, job.Priority)], position, batch.Tenant, job.CustomId, job.Model,
            job.Priority, job.Prompt, job.NegativePrompt, job.Seed, shared.Settings, shared.Inputs, shared.Key, LowerCase.Text(JobState.Queued), 0, 0, 0,
            now.ToUnixTimeMilliseconds()];
        row.CopyTo(values, 0);
    }

    private sealed class SamePair : IEqualityComparer<(object, object)>
    {
        public static readonly SamePair Instance = new();

        public bool Equals((object, object) x, (object, object) y) => ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((object, object) pair) => HashCode.Combine(RuntimeHelpers.GetHashCode(pair.Item1), RuntimeHelpers.GetHashCode(pair.Item2));
    }
}
