using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Models;

public sealed class BundledModelTests
{
    [Fact]
    public void Find_Folder_IsTakenAsItIs()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(folder.Path, BundledModel.Find(folder.Path));
    }

    [Theory]
    [InlineData("no-such-model")]
    [InlineData("/no/such/folder")]
    public void Find_Unknown_NamesItAndTheRemedy(string model)
    {
        Assert.Contains($"Unknown model '{model}'", Assert.Throws<ToolException>(() => BundledModel.Find(model)).Message, StringComparison.Ordinal);
    }
}
