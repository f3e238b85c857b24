using System.Globalization;
using RenderFarm.Api.Schedules;
using Xunit;

namespace RenderFarm.Api.Tests.Schedules;

public sealed class DueTests
{
    [Theory]
    [InlineData("0 3 * * *", null, "2030-01-01T02:59:59Z", "2030-01-01T03:00:00Z")]
    [InlineData("0 3 * * *", null, "2030-01-01T03:00:00Z", "2030-01-02T03:00:00Z")]
    [InlineData("0 3 * * *", "Europe/Berlin", "2030-01-01T00:00:00Z", "2030-01-01T02:00:00Z")]
    [InlineData("0 3 * * MON-FRI", "America/New_York", "2030-01-04T08:00:00Z", "2030-01-07T08:00:00Z")]
    [InlineData("*/15 * * * *", null, "2030-01-01T00:14:00Z", "2030-01-01T00:15:00Z")]
    // A Friday the 13th: both days count.
    [InlineData("0 0 13 * FRI", null, "2030-01-01T00:00:00Z", "2030-09-13T00:00:00Z")]
    // Clocks go from 2:00 to 3:00: what that skips comes at once after it.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    // Clocks go from 3:00 to 2:00: what that repeats comes once.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    public void After_Time_IsTheNextOfTheExpressionInItsZone(string cron, string? zone, string time, string expected) =>
        Assert.Equal(Time(expected), Due.Again(cron, zone).After(Time(time)));

    [Fact]
    public void After_OnceOrADayThatNeverComes_IsNever()
    {
        Assert.Null(Due.Once.After(Time("2030-01-01T00:00:00Z")));
        Assert.Null(Due.Again("0 0 30 2 *", null).After(Time("2030-01-01T00:00:00Z")));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
