using Microsoft.Extensions.Time.Testing;
using RenderFarm.Cli.Farms;
using Xunit;

namespace RenderFarm.Cli.Tests.Farms;

public sealed class TimeLeftTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void At_QuarterAfterTenSeconds_IsThirtySeconds()
    {
        var left = new TimeLeft(_time);
        Assert.Null(left.At(0));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(30), left.At(0.25));
    }

    [Fact]
    public void At_WaitBeforeTheFirstStep_DoesNotCount()
    {
        var left = new TimeLeft(_time);
        left.At(0);
        _time.Advance(TimeSpan.FromMinutes(5));
        left.At(0);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(10), left.At(0.5));
    }

    [Fact]
    public void At_BatchHalfDoneWhenFirstSeen_MeasuresFromThere()
    {
        var left = new TimeLeft(_time);
        Assert.Null(left.At(0.5));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(10), left.At(0.75));
    }
}
