using RenderFarm.Cli.Output;
using Xunit;

namespace RenderFarm.Cli.Tests.Output;

public sealed class DurationsTests
{
    [Theory]
    [InlineData(3.24, "3.2 s")]
    [InlineData(48.4, "48 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(8000, "2 h 13 min")]
    public void Text_Seconds_AreSaidAsPeopleDo(double seconds, string expected) => Assert.Equal(expected, Durations.Text(TimeSpan.FromSeconds(seconds)));
}
