using System.Diagnostics.CodeAnalysis;

namespace RenderFarm.Persistence.Sql;

internal static class LowerCase
{
    [SuppressMessage("Globalization", "CA1308", Justification = "The columns hold lower-case names, as the API does.")]
    public static string Text(Enum value) => value.ToString().ToLowerInvariant();
}
