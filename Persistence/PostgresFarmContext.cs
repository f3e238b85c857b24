using Microsoft.EntityFrameworkCore;

namespace RenderFarm.Persistence;

/// <summary>The farm's tables in PostgreSQL.</summary>
public sealed class PostgresFarmContext(DbContextOptions<PostgresFarmContext> options) : FarmContext(options);
