using System.CommandLine;
using RenderFarm.Cli.Errors;
using Xunit;

namespace RenderFarm.Cli.Tests;

public sealed class ToolTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task RunAsync_ToolException_IsOneLineWithoutATrace()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync(() => throw new ToolException("The cup is\nempty; fill it."), "do"));
        Assert.Equal($"error: The cup is empty; fill it.{Environment.NewLine}", _error.ToString());
    }

    [Fact]
    public async Task RunAsync_Verbose_ShowsTheTrace()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync(() => throw new ToolException("Broken."), "do", "--verbose"));
        Assert.Contains(nameof(RunAsync_Verbose_ShowsTheTrace), _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DiskFull_SaysSo()
    {
        const int noSpace = 28;
        Assert.Equal(ExitCode.Failure, await RunAsync(() => throw new IOException("No space left on device : '/x/a.png'", noSpace), "do"));
        Assert.StartsWith("error: The disk is full (No space left on device : '/x/a.png').", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Stopped_HasACodeOfItsOwn() =>
        Assert.Equal(ExitCode.Stopped, await RunAsync(() => throw new OperationCanceledException(), "do"));

    [Fact]
    public async Task RunAsync_UnknownOption_SaysWhereHelpIs()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(() => { }, "do", "--sed"));
        Assert.Contains("'--sed'", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("'renderfarm do --help'", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8x", "'8x' for option '--number'; expected is a whole number.")]
    [InlineData("99999999999999999999", "; expected is a whole number.")]
    public async Task RunAsync_NoNumber_IsSaidWithoutNamesOfTypes(string number, string expected)
    {
        var command = new Command("do") { new Option<long?>("--number") };
        Assert.Equal(ExitCode.Usage, await RunAsync(command, "do", "--number", number));
        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("System.", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoneOfTheChoices_IsOneLine()
    {
        var command = new Command("do") { new Option<DayOfWeek>("--day") };
        Assert.Equal(ExitCode.Usage, await RunAsync(command, "do", "--day", "mars"));
        Assert.Single(_error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task RunAsync_UnknownOptionOfACommandInAnother_SaysWhereHelpIs()
    {
        var command = new Command("train") { new Command("text") };
        Assert.Equal(ExitCode.Usage, await RunAsync(command, "train", "text", "--sed"));
        Assert.Contains("'renderfarm train text --help'", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ArgumentWithAtSign_IsTakenLiterally()
    {
        var words = new Argument<string>("WORDS");
        var command = new Command("say", "Says it.") { words };
        string? said = null;
        command.SetAction(parsed => { said = parsed.GetValue(words); });

        Assert.Equal(ExitCode.Success, await RunAsync(command, "say", "@noon a red circle"));
        Assert.Equal("@noon a red circle", said);
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private Task<int> RunAsync(Action action, params string[] arguments)
    {
        var command = new Command("do", "Does it.");
        command.SetAction(_ => action());
        return RunAsync(command, arguments);
    }

    private Task<int> RunAsync(Command command, params string[] arguments) =>
        Tool.RunAsync(new RootCommand("Test.") { command }, arguments, new InvocationConfiguration { Output = _output, Error = _error });
}
