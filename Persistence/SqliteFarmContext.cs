using Microsoft.EntityFrameworkCore;

namespace RenderFarm.Persistence;

/// <summary>The farm's tables in a SQLite file.</summary>
public sealed class SqliteFarmContext(DbContextOptions<SqliteFarmContext> options) : FarmContext(options);
