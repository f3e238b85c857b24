using RenderFarm.Persistence.Jobs;
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

    [Theory]
    [InlineData("acme/picture.png")]
    [InlineData("backup/2026/1-0.png")]
    [InlineData("acme/00000000000000000000000000000000/ffffffffffffffffffffffffffffffff/99999999999-0.png")]
    [InlineData("acme/00000000000000000000000000000000/ffffffffffffffffffffffffffffffff/1-0.png.bak")]
    public void Attempt_KeyThatIsNotOurs_IsNone(string key) => Assert.Null(ObjectKey.Attempt(key));

    [Fact]
    public void Attempt_KeyOfAPicture_IsItsJobAndEpoch() =>
        Assert.Equal(new HeldJob(Guid.AllBitsSet, 3), ObjectKey.Attempt(ObjectKey.Picture("acme", Guid.Empty, Guid.AllBitsSet, 3, 0)));
}
