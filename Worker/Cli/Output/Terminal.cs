using System.CommandLine;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RenderFarm.Cli.Output;

/// <summary>Where a command writes: tables and live displays on a terminal, plain lines into a pipe or file.</summary>
internal sealed class Terminal
{
    // Wide enough that no line is folded where nobody sees columns.
    private const int PipeWidth = 400;

    private Terminal(IAnsiConsole console, TextWriter output, TextWriter error) => (Console, Output, Error) = (console, output, error);

    /// <summary>For what Spectre draws.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>Whether somebody watches, so that lines may be drawn anew.</summary>
    public bool IsInteractive => Console.Profile.Out.IsTerminal && Console.Profile.Capabilities.Ansi;

    private TextWriter Output { get; }

    private TextWriter Error { get; }

    public static Terminal Of(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = PipeWidth;
        return new Terminal(console, output, error);
    }

    /// <summary>A line as it is; into a pipe never folded.</summary>
    public void WriteLine(string line)
    {
        // On a terminal through Spectre, which keeps a live display below the line.
        if (IsInteractive) Console.WriteLine(line);
        else Output.WriteLine(line);
    }

    /// <summary>A table or the like.</summary>
    public void Write(IRenderable drawing) => Console.Write(drawing);

    /// <summary>A line, on stderr where nobody watches, that does not make the command fail.</summary>
    public void Warn(string line)
    {
        if (IsInteractive) Console.MarkupLineInterpolated($"[yellow]warning:[/] {line}");
        else Error.WriteLine($"warning: {line}");
    }
}
