using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Training;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Training;

public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("--samples is 0; expected is a whole number from 1", "--samples", "0")]
    [InlineData("--samples is -5", "--samples", "-5")]
    [InlineData("--noisy-share is 1.5", "--noisy-share", "1.5")]
    [InlineData("--mixed-states is -1; expected is a number from 0 to 1", "--mixed-states", "-1")]
    [InlineData("--blended-colours is 2; expected is a number from 0 to 1", "--blended-colours", "2")]
    [InlineData("--blended-colours is given without --mixed-states above 0", "--blended-colours", "0.5", "--mixed-states", "0")]
    [InlineData("--hard-captions is 2; expected is a number from 0 to 1", "--hard-captions", "2")]
    [InlineData("--rate is 0;", "--rate", "0")]
    [InlineData("--rate is -0.1", "--rate", "-0.1")]
    [InlineData("--rate is NaN", "--rate", "NaN")]
    [InlineData("--rate is Infinity", "--rate", "Infinity")]
    [InlineData("--minutes is 0", "--minutes", "0")]
    [InlineData("--minutes is NaN", "--minutes", "NaN")]
    [InlineData("--dtype is 'float16'; expected is bfloat16 or float32", "--dtype", "float16")]
    [InlineData("The device is 'gpu'; expected is cpu, cuda or cuda:N", "--device", "gpu")]
    public async Task Train_ValueThatNoRunCanHave_IsOneLineAndNothingIsWritten(string expected, params string[] arguments)
    {
        Assert.Contains(expected, await ErrorAsync(["base", "--model", _folder.File("model"), "--run", _folder.File("run"), .. arguments]), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("--states-of is empty; expected is a model folder", "--states-of", "", "--continue")]
    [InlineData("--states-of is given without --continue", "--states-of", "earlier")]
    public async Task Train_TextThatCannotKeepStates_IsOneLineAndNothingIsWritten(string expected, params string[] arguments)
    {
        Assert.Contains(expected, await ErrorAsync(["text", "--model", _folder.File("model"), "--run", _folder.File("run"), .. arguments]), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("--run")]
    [InlineData("--model")]
    public async Task Train_FolderThatCannotBeWrittenTo_NamesItAndItsOption(string option)
    {
        var (file, good) = (_folder.Write("file", ""), _folder.File("good"));
        var (model, run) = option == "--run" ? (good, Path.Combine(file, "sub")) : (Path.Combine(file, "sub"), good);

        var error = await ErrorAsync("vocabulary", "--model", model, "--run", run);

        Assert.Contains($"{Path.Combine(file, "sub")}' cannot be written to", error, StringComparison.Ordinal);
        Assert.Contains($"name another with {option}.", error, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("text", "renderfarm train vocabulary")]
    [InlineData("base", "renderfarm train text")]
    [InlineData("upscaler-128", "renderfarm train text")]
    public async Task Train_PartBeforeItsTurn_SaysWhatComesFirstAndWritesNothing(string part, string first)
    {
        Assert.Contains(first, await ErrorAsync(part, "--model", _folder.File("model"), "--run", _folder.File("run")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> ErrorAsync(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(TrainCommand.Create(), arguments);
        Assert.NotEqual(ExitCode.Success, run.Code);
        return Assert.Single(run.ErrorLines);
    }
}
