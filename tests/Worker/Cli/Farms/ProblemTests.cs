using RenderFarm.Cli.Farms;
using Xunit;

namespace RenderFarm.Cli.Tests.Farms;

public sealed class ProblemTests
{
    [Fact]
    public void Describe_ErrorsWithLineAndField_ShowsBoth()
    {
        var text = Problem.Describe("""
            {"title":"The batch was not accepted.","status":400,"detail":"'seed' is -1.","errors":[{"line":3,"field":"seed","message":"'seed' is -1."},{"line":5,"message":"Not JSON."}]}
            """);

        Assert.Equal("The batch was not accepted. line 3, field 'seed': 'seed' is -1. line 5: Not JSON.", text);
    }

    [Theory]
    [InlineData("{\"title\":\"Unknown batch.\",\"detail\":\"There is no batch 7.\"}", "There is no batch 7.")]
    [InlineData("{\"title\":\"Busy\"}", "Busy")]
    [InlineData("<html>gateway</html>", "<html>gateway</html>")]
    [InlineData("", "no reason given")]
    public void Describe_OtherAnswers_ShowsWhatThereIs(string body, string expected) => Assert.Equal(expected, Problem.Describe(body));
}
