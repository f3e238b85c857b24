using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace RenderFarm.Persistence.Sql;

/// <summary>
/// Makes a command out of an interpolated string: what stands in braces becomes a parameter, a list becomes "(p, p, …)", a list of tuples
/// becomes "(values (p, p), …)", and <see cref="Raw"/> stays text.
/// </summary>
internal static class Statement
{
    public static void Fill(DbCommand command, FormattableString sql)
    {
        var holes = new object[sql.ArgumentCount];
        for (var i = 0; i < holes.Length; i++)
            holes[i] = Hole(command, sql.GetArgument(i));
        command.CommandText = string.Format(CultureInfo.InvariantCulture, sql.Format, holes);
    }

    /// <summary>The value as the databases keep it.</summary>
    public static object Value(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset time => time.ToUnixTimeMilliseconds(),
        Enum name => LowerCase.Text(name),
        _ => value,
    };

    private static string Hole(DbCommand command, object? value) => value switch
    {
        Raw raw => raw.Text,
        string text => Add(command, text),
        IEnumerable list => List(command, list),
        _ => Add(command, value),
    };

    private static string List(DbCommand command, IEnumerable list)
    {
        var items = list.Cast<object>().ToArray();
        if (items.Length > 0 && items[0] is ITuple)
            return $"(values {string.Join(", ", items.Cast<ITuple>().Select(tuple => Row(command, tuple)))})";
        return $"({string.Join(", ", items.Select(item => Add(command, item)))})";
    }

    private static string Row(DbCommand command, ITuple tuple) =>
        $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Add(command, tuple[i])))})";

    private static string Add(DbCommand command, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{command.Parameters.Count}");
        parameter.Value = Value(value);
        command.Parameters.Add(parameter);
        return parameter.ParameterName;
    }
}
