using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Persistence;

/// <summary>Tells errors that pass by themselves, because store or database is away, from those that come again whenever the same is tried.</summary>
public static class Outage
{
    // SQLite's result codes for a statement that is at fault: ERROR, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE.
    private static readonly int[] SqliteFaults = [1, 18, 19, 20, 21, 25];

    // PostgreSQL's classes for the same: data, integrity, syntax and access.
    private static readonly string[] PostgresFaults = ["22", "23", "42"];

    /// <summary>Whether waiting helps: the attempt then says nothing about what was attempted.</summary>
    public static bool Is(Exception exception) => exception switch
    {
        StoreException => true,
        PostgresException postgres => !PostgresFaults.Contains(postgres.SqlState[..2]),
        SqliteException sqlite => !SqliteFaults.Contains(sqlite.SqliteErrorCode),
        DbException => true,
        // Entity Framework wraps what it takes for passing.
        InvalidOperationException { InnerException: DbException inner } => Is(inner),
        _ => false,
    };
}
