using System.CommandLine;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Training;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Training;

public sealed class AverageCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Average_OfAModelWithItself_LeavesItsWeights()
    {
        var bundled = Path.Combine(BundledModel.Find(BundledModel.Name), "base", "fusion", "model.safetensors");
        var (copy, weights) = (_folder.File("a=b"), Path.Combine(_folder.File("a=b"), "base", "fusion", "model.safetensors"));
        Directory.CreateDirectory(Path.GetDirectoryName(weights)!);
        File.Copy(bundled, weights);

        var run = await RunAsync("fusion", "--model", copy, "--of", $"{copy}=0.75", "--of", $"{copy}=0.25");

        Assert.Equal(new CommandRun(ExitCode.Success, $"fusion: the mean of 2 models is in {copy}\n", ""), run);
        Assert.Equal(await File.ReadAllBytesAsync(bundled, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("--of is 'a'; expected is a model folder and its share, such as runs/a=0.25.", "fusion", "--of", "a")]
    [InlineData("--of is 'a=half'", "fusion", "--of", "a=half")]
    [InlineData("--of is '=0.5'", "fusion", "--of", "=0.5")]
    [InlineData("--of is ' =0.5'", "fusion", "--of", " =0.5")]
    [InlineData("1 model to average; give two or more.", "base", "--of", "a=1")]
    [InlineData("The shares are 0.8 together; expected is 1.", "base", "--of", "a=0.5", "--of", "b=0.3")]
    [InlineData("has no trained upscaler-256; name a model folder that has.", "upscaler-256", "--of", "a=0.5", "--of", "b=0.5")]
    public async Task Average_OfWhatHasNoMean_IsOneLine(string expected, params string[] arguments)
    {
        var run = await RunAsync([.. arguments, "--model", _folder.File("model")]);

        Assert.NotEqual(ExitCode.Success, run.Code);
        Assert.Contains(expected, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Average_IntoNoFolder_IsOneLine()
    {
        var run = await RunAsync("base", "--of", "a=0.5", "--of", "b=0.5", "--model", "");

        Assert.Contains("--model is empty; expected is a model folder.", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Average_PartThatOthersAreTrainedOn_IsRefused()
    {
        var run = await RunAsync("text", "--of", "a=0.5", "--of", "b=0.5", "--model", _folder.File("model"));

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("'text'", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync(AverageCommand.Create(), arguments);
}
