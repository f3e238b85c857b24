using System.Data.Common;

namespace RenderFarm.Persistence.Sql;

internal static class RowReader
{
    public static Guid Id(this DbDataReader row, int column) => row.GetFieldValue<Guid>(column);

    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static DateTimeOffset Time(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static T Name<T>(this DbDataReader row, int column) where T : struct, Enum => Enum.Parse<T>(row.GetString(column), true);
}
