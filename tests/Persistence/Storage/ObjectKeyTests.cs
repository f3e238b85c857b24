using RenderFarm.Persistence.Storage;
using Xunit;

namespace RenderFarm.Persistence.Tests.Storage;

public sealed class ObjectKeyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData(".incoming/a")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a\n")]
    public void Check_KeyThatLeadsElsewhere_IsRefused(string key) => Assert.Throws<ArgumentException>(() => ObjectKey.Check(key));

    [Fact]
    public void Picture_OfAnEpoch_IsNamedByIt()
    {
        var key = ObjectKey.Picture("acme", Guid.Empty, Guid.AllBitsSet, 3, 0);
        Assert.Equal($"acme/{new string('0', 32)}/{new string('f', 32)}/3-0.png", key);
    }
}
