using System.Text.RegularExpressions;
using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Models;

/// <summary>An option's values for the parts of a cascade: "bfloat16" is for all of them, "text=float32" or "stage2=float16" for that part alone.</summary>
internal sealed partial class PartChoices
{
    /// <summary>The text encoder; the other parts are stage1, stage2 and so on.</summary>
    public const string TextEncoder = "text";

    private readonly Dictionary<string, string> _byPart = new(StringComparer.Ordinal);

    /// <param name="option">The option's name, for error texts.</param>
    /// <param name="values">As the user gave them.</param>
    /// <exception cref="ToolException">A part that no cascade has, or one that is given twice.</exception>
    public PartChoices(string option, IReadOnlyList<string> values)
    {
        foreach (var text in values)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            var (part, value) = at < 0 ? (null, text) : (text[..at], text[(at + 1)..]);
            if (part is not null && !Part().IsMatch(part))
                throw new ToolException($"{option} is '{text}'; expected is a value for the whole cascade, or one after a part's name: {TextEncoder}=, stage1=, stage2= and so on.");
            if (part is null ? All is not null : !_byPart.TryAdd(part, value))
                throw new ToolException($"{option} is given twice for {part ?? "the whole cascade"}, the second time as '{value}'; leave one of them out.");
            if (part is null) All = value;
        }
    }

    /// <summary>The value for every part that has none of its own; null where none was given.</summary>
    public string? All { get; }

    /// <summary>The parts that have a value of their own.</summary>
    public IEnumerable<string> Parts => _byPart.Keys;

    /// <summary>The part's own value, or null.</summary>
    public string? Of(string part) => _byPart.GetValueOrDefault(part);

    [GeneratedRegex("^(text|stage[1-9][0-9]*)$")]
    private static partial Regex Part();
}
