using RenderFarm.Worker.Devices;
using Xunit;

namespace RenderFarm.Worker.Tests.Devices;

public sealed class DeviceLoadTests
{
    [Fact]
    public void Idle_BeforeAnyGroup_HasEnded() => Assert.True(new DeviceLoad().Idle.IsCompleted);

    [Fact]
    public void Idle_GroupHandedOverButNotYetTaken_HasNotEnded()
    {
        var load = new DeviceLoad();
        load.Begin();
        Assert.False(load.Idle.IsCompleted);
    }

    [Fact]
    public void Idle_OneOfTwoGroupsEnded_EndsOnlyWithTheSecond()
    {
        var load = new DeviceLoad();
        load.Begin();
        var idle = load.Idle;
        load.Begin();
        load.End();
        Assert.False(idle.IsCompleted);
        load.End();
        Assert.True(idle.IsCompleted);
    }
}
