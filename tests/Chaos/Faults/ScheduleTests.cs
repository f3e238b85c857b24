using Xunit;

namespace RenderFarm.Chaos.Faults;

public sealed class ScheduleTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    [Fact]
    public void Schedule_SameSeed_IsTheSame() =>
        Assert.Equal(Schedule.Of(7, Duration, 2, 4), Schedule.Of(7, Duration, 2, 4));

    [Fact]
    public void Schedule_OtherSeed_IsAnother() =>
        Assert.NotEqual(Schedule.Of(7, Duration, 2, 4), Schedule.Of(8, Duration, 2, 4));

    [Fact]
    public void Schedule_OfTwoMinutes_HasEveryKindOfFault() =>
        Assert.Equal(Enum.GetValues<FaultKind>(), Schedule.Of(7, Duration, 2, 4).Select(fault => fault.Kind).Distinct().Order());
}
