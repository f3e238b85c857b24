using System.Data.Common;

namespace RenderFarm.Persistence.Sql;

/// <summary>A connection, usually within a transaction, and the statements run on it.</summary>
internal sealed class FarmTransaction(
    DbConnection connection, DbTransaction? transaction, Dialect dialect, DateTimeOffset now, CancellationToken cancellationToken)
{
    private readonly List<Action> _afterwards = [];

    public Dialect Dialect => dialect;

    /// <summary>The time that everything written by this transaction carries.</summary>
    public DateTimeOffset Now => now;

    public DbConnection Connection => connection;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Lets competing transactions pass rows that this one has taken; SQLite has one writer and needs none of it.</summary>
    public Raw SkipLocked => dialect == Dialect.Postgres ? new("for update skip locked") : Raw.Empty;

    /// <summary>Has something done once this transaction is committed: what is rolled back or begun again did not happen.</summary>
    public void Afterwards(Action action) => _afterwards.Add(action);

    /// <summary>Says that the transaction is committed.</summary>
    public void Committed() => _afterwards.ForEach(action => action());

    public DbCommand Command()
    {
        var command = Connection.CreateCommand();
        command.Transaction = transaction;
        return command;
    }

    public async Task<int> ExecuteAsync(FormattableString sql)
    {
        using var command = Command();
        Statement.Fill(command, sql);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<List<T>> QueryAsync<T>(FormattableString sql, Func<DbDataReader, T> row)
    {
        using var command = Command();
        Statement.Fill(command, sql);
        using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(row(reader));
        return rows;
    }
}
