using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Evaluation;
using Xunit;

namespace RenderFarm.Cli.Tests.Evaluation;

public sealed class StageOverridesTests
{
    [Fact]
    public void Parse_StepsAndGuidance_AreJoinedByStage()
    {
        var settings = StageOverrides.Parse(["10", "stage2=6"], ["stage1=7.5"]);

        Assert.Equal((10, 7.5), (settings["stage1"].Steps, settings["stage1"].Guidance));
        Assert.Equal((6, null), (settings["stage2"].Steps, settings["stage2"].Guidance));
    }

    [Theory]
    [InlineData("0", "4")]
    [InlineData("stage1=ten", "4")]
    [InlineData("10", "-1")]
    [InlineData("10", "stage2=")]
    public void Parse_NoNumber_SaysWhatIsExpected(string steps, string guidance) =>
        Assert.Contains("expected is", Assert.Throws<ToolException>(() => StageOverrides.Parse([steps], [guidance])).Message, StringComparison.Ordinal);
}
