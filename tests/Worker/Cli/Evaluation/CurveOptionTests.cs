using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Evaluation;
using Xunit;

namespace RenderFarm.Cli.Tests.Evaluation;

public sealed class CurveOptionTests
{
    [Fact]
    public void Parse_ValuesInAnyOrder_AreSetAscending()
    {
        var curve = CurveOption.Parse("stage2.noise-level=60,10,150");

        Assert.Equal("stage2.noise-level", curve.Name);
        Assert.Equal(["10", "60", "150"], curve.Values);
        Assert.Equal(["stage2=60"], curve.For(CurveOption.NoiseLevel, "60"));
        Assert.Empty(curve.For(CurveOption.Steps, "60"));
    }

    [Theory]
    [InlineData("stage1.guidance")]
    [InlineData("stage1.guidance=")]
    [InlineData("stage1.guidance=4")]
    [InlineData("stage1.guidance=1,two")]
    [InlineData("stage1.sampler=1,2")]
    [InlineData("guidance=1,2")]
    [InlineData(".guidance=1,2")]
    public void Parse_SomethingElse_NamesItAndAnExample(string text)
    {
        var message = Assert.Throws<ToolException>(() => CurveOption.Parse(text)).Message;

        Assert.Contains($"--curve is '{text}'", message, StringComparison.Ordinal);
        Assert.Contains("stage1.guidance=1,2,4,8", message, StringComparison.Ordinal);
    }
}
