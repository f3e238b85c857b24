using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace RenderFarm.Persistence.Sql;

internal sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
    time => time.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
