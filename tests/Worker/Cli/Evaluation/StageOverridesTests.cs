using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Evaluation;
using Xunit;

namespace RenderFarm.Cli.Tests.Evaluation;

public sealed class StageOverridesTests
{
    [Fact]
    public void Parse_StepsGuidanceAndNoiseLevels_AreJoinedByStage()
    {
        var settings = StageOverrides.Parse(["10", "stage2=6"], ["stage1=7.5"], ["stage2=10", "stage3=0"]);

        Assert.Equal((10, 7.5), (settings["stage1"].Steps, settings["stage1"].Guidance));
        Assert.Equal((6, null, 10), (settings["stage2"].Steps, settings["stage2"].Guidance, settings["stage2"].NoiseLevel));
        Assert.Equal((null, 0), (settings["stage3"].Steps, settings["stage3"].NoiseLevel));
    }

    [Theory]
    [InlineData("0", "4", "stage2=10")]
    [InlineData("stage1=ten", "4", "stage2=10")]
    [InlineData("10", "-1", "stage2=10")]
    [InlineData("10", "stage2=", "stage2=10")]
    [InlineData("10", "4", "10")]
    [InlineData("10", "4", "stage2=1000")]
    [InlineData("10", "4", "stage2=some")]
    public void Parse_NoNumber_SaysWhatIsExpected(string steps, string guidance, string noiseLevel) =>
        Assert.Contains("expected is", Assert.Throws<ToolException>(() => StageOverrides.Parse([steps], [guidance], [noiseLevel])).Message, StringComparison.Ordinal);
}
