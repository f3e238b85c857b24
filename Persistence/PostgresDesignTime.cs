using Microsoft.EntityFrameworkCore.Design;

namespace RenderFarm.Persistence;

/// <summary>Lets <c>dotnet ef migrations add NAME --context PostgresFarmContext -o Migrations/Postgres</c> build the context.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresFarmContext>
{
    public PostgresFarmContext CreateDbContext(string[] args) => new(FarmContextOptions.Postgres("Host=localhost;Database=design"));
}
