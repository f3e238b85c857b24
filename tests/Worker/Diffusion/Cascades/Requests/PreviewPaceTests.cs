using Microsoft.Extensions.Time.Testing;
using RenderFarm.Diffusion.Cascades.Requests;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Cascades.Requests;

public sealed class PreviewPaceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly FakeTimeProvider _time = new();
    private readonly PreviewPace<string> _pace;

    public PreviewPaceTests()
    {
        _pace = new(Interval, _time);
        _pace.Begin();
    }

    [Fact]
    public void Due_PictureThatCostsNothing_IsSeenOncePerInterval()
    {
        Assert.Empty(Due("a"));
        _time.Advance(Interval);
        Assert.Equal(["a"], Due("a"));
        _pace.Made("stage1", "a", TimeSpan.Zero);
        _time.Advance(Interval / 2);
        Assert.Empty(Due("a"));
        Assert.Equal(["b"], Due("a", "b"));
        _time.Advance(Interval / 2);
        Assert.Equal(["b", "a"], Due("a", "b"));
    }

    [Fact]
    public void Due_PicturesThatCostMuch_StayBelowTheirShareOfTheTimeAndTakeTurns()
    {
        var (spent, made) = (TimeSpan.Zero, new List<string>());
        var cost = TimeSpan.FromSeconds(0.5);
        for (var second = 1; second <= 100; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            foreach (var picture in Due("a", "b", "c"))
            {
                _pace.Made("stage1", picture, cost);
                made.Add(picture);
                spent += cost;
            }

            // The first is the measure of those to come.
            Assert.True(made.Count <= 1 || spent <= PreviewPace<string>.MostShare * TimeSpan.FromSeconds(second));
        }

        Assert.Equal(["a", "b", "c", "a", "b", "c", "a", "b", "c", "a"], made);
    }

    [Fact]
    public void Begin_AnotherGroup_RemembersWhatPreviewsCostAndWhatWasTooMuch()
    {
        _time.Advance(Interval);
        Assert.Single(Due("a", "b"));
        _pace.Made("stage1", "a", TimeSpan.FromSeconds(1));
        _pace.Begin();
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Empty(Due("a", "b"));
        Assert.Equal(["a"], _pace.Due("stage2", ["a", "b"]));
        // A second, and what the first one took beyond its tenth.
        _time.Advance(TimeSpan.FromSeconds(18));
        Assert.Empty(Due("a", "b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a"], Due("a", "b"));
        // Was it a cold one? Half of it is tried.
        _pace.Begin();
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(Due("a", "b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a"], Due("a", "b"));
    }

    [Fact]
    public void Due_PicturesThatCostMoreAsTheyGrow_StayBelowTheirShareOfTheTime()
    {
        // A sixteenth cost 0.1 s: a half will cost eight times as much.
        _time.Advance(Interval);
        _pace.Made("stage1", Assert.Single(_pace.Due("stage1", ["a"], 1 / 16.0)), TimeSpan.FromSeconds(0.1), 1 / 16.0);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Empty(_pace.Due("stage1", ["a"], 0.5));
        Assert.Equal(["a"], _pace.Due("stage1", ["a"], 1 / 16.0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a"], _pace.Due("stage1", ["a"], 0.5));
    }

    [Fact]
    public void Due_AfterTheEndOrWithoutAnInterval_IsNone()
    {
        var off = new PreviewPace<string>(TimeSpan.Zero, _time);
        off.Begin();
        _pace.End();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(off.Due("stage1", ["a"]));
        Assert.Empty(Due("a"));
        _pace.Begin();
        _time.Advance(Interval);
        Assert.Equal(["a"], Due("a"));
    }

    private IReadOnlyList<string> Due(params string[] pictures) => _pace.Due("stage1", pictures);
}
