namespace RenderFarm.Persistence.Sql;

internal enum Dialect
{
    Sqlite,
    Postgres,
}
