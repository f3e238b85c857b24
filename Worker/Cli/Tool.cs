using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli;

/// <summary>Runs a command line: one error line on stderr and an exit code instead of a stack trace.</summary>
internal static partial class Tool
{
    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show where an error came from. RENDERFARM_VERBOSE=1 does the same.", Recursive = true,
    };

    /// <summary>Parses and runs.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="arguments">What the user typed.</param>
    /// <param name="invocation">Where the text goes; the process's own stdout and stderr by default.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments, InvocationConfiguration? invocation = null)
    {
        root.Add(Verbose);
        invocation ??= new InvocationConfiguration();
        invocation.EnableDefaultExceptionHandler = false;
        // Time for a group of pictures to stop at its next step and for the farm to hand work back.
        invocation.ProcessTerminationTimeout = TimeSpan.FromSeconds(30);
        // A prompt may begin with '@'; it does not name a file of arguments.
        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0) return Misunderstood(parsed, invocation.Error);
        try
        {
            return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            invocation.Error.WriteLine("Stopped.");
            return ExitCode.Stopped;
        }
        catch (Exception error)
        {
            invocation.Error.WriteLine($"error: {ErrorText.Of(error)}");
            if (IsVerbose(parsed)) invocation.Error.WriteLine(error);
            return ExitCode.Failure;
        }
    }

    /// <summary>Whether the user asks where errors come from.</summary>
    public static bool IsVerbose(ParseResult parsed) => parsed.GetValue(Verbose) || IsSet("RENDERFARM_VERBOSE");

    private static int Misunderstood(ParseResult parsed, TextWriter error)
    {
        var path = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Command: not RootCommand } command; result = command.Parent)
            path.Insert(0, command.Command.Name);
        var name = string.Join(' ', path.Prepend("renderfarm"));
        // Of a word that is no command it is said, too, that a command is missing; the word itself is the better hint.
        error.WriteLine($"error: {ErrorText.OneLine(WithoutTypes(parsed.Errors[^1].Message))} '{name} --help' lists what it takes.");
        return ExitCode.Usage;
    }

    /// <summary>The parser names .NET's types, which say nothing to a user; what is expected instead of a number is one.</summary>
    private static string WithoutTypes(string message) => TypeName().Replace(message, match =>
        match.Groups["type"].Value switch { "Int32" or "Int64" or "UInt64" => "; expected is a whole number", "Double" => "; expected is a number", _ => "" });

    [GeneratedRegex(@" as expected type '(System\.Nullable`1\[)?[\w.]*?(?<type>\w+)\]?'")]
    private static partial Regex TypeName();

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value && value != "0";
}
