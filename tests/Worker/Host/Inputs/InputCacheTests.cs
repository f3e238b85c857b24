using RenderFarm.Worker.Inputs;
using Xunit;

namespace RenderFarm.Worker.Tests.Inputs;

public sealed class InputCacheTests
{
    [Fact]
    public void Add_MoreThanThereIsRoomFor_KeepsWhatWasUsedLast()
    {
        var cache = new InputCache(10);
        cache.Add("a", new byte[4]);
        cache.Add("b", new byte[4]);
        cache.Add("a", new byte[4]);
        Assert.NotNull(cache.Find("a"));

        cache.Add("c", new byte[4]);

        Assert.Null(cache.Find("b"));
        Assert.NotNull(cache.Find("a"));
        Assert.NotNull(cache.Find("c"));
        Assert.Equal(8, cache.Size);
    }

    [Fact]
    public void Add_FileLargerThanTheWhole_KeepsTheOthers()
    {
        var cache = new InputCache(10);
        cache.Add("a", new byte[10]);

        cache.Add("b", new byte[11]);

        Assert.Null(cache.Find("b"));
        Assert.Equal((10, 10), (cache.Find("a")!.Length, cache.Size));
    }
}
