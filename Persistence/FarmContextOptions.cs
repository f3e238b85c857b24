using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence;

internal static class FarmContextOptions
{
    public static DbContextOptions<SqliteFarmContext> Sqlite(string file)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 60, ForeignKeys = true };
        return new DbContextOptionsBuilder<SqliteFarmContext>()
            .UseSqlite(connection.ToString()).UseSnakeCaseNamingConvention().AddInterceptors(new SqlitePragmas())
            // SQLite has no cascaded column types to rebuild here; the warning about table rebuilds is for migrations that we read.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.NonTransactionalMigrationOperationWarning)).Options;
    }

    public static DbContextOptions<PostgresFarmContext> Postgres(string connection) =>
        new DbContextOptionsBuilder<PostgresFarmContext>().UseNpgsql(connection).UseSnakeCaseNamingConvention().Options;
}
