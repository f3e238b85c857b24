using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace RenderFarm.Persistence.Sql;

internal sealed class LowerCaseText<T>() : ValueConverter<T, string>(value => Write(value), text => Enum.Parse<T>(text, true))
    where T : struct, Enum
{
    internal static string Write(T value) => LowerCase.Text(value);
}
