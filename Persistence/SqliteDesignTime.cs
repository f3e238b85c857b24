using Microsoft.EntityFrameworkCore.Design;

namespace RenderFarm.Persistence;

/// <summary>Lets <c>dotnet ef migrations add NAME --context SqliteFarmContext -o Migrations/Sqlite</c> build the context.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteFarmContext>
{
    public SqliteFarmContext CreateDbContext(string[] args) => new(FarmContextOptions.Sqlite("design.db"));
}
