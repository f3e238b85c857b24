using System.CommandLine;

namespace RenderFarm.Cli.Tests;

/// <summary>A command run as the tool runs it, but for where its text goes.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Error">What it wrote to stderr.</param>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    /// <summary>The lines of stderr that are not empty.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Both texts, for messages.</summary>
    public string Said => Output + Error;

    public static async Task<CommandRun> OfAsync(Command command, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Tool.RunAsync(new RootCommand { command }, [command.Name, .. arguments], new InvocationConfiguration { Output = output, Error = error });
        return new(code, output.ToString(), error.ToString());
    }
}
