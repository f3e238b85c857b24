using System.Text.Json;
using System.Text.RegularExpressions;

namespace RenderFarm.Diffusion.Weights;

/// <summary>What is wrong with a JSON file, in words for who wrote it: .NET's own name its types.</summary>
internal static partial class JsonFault
{
    /// <summary>A sentence, or the end of one.</summary>
    public static string Explain(Exception error) => error is JsonException json ? $"{Explain(json)}." : error.Message;

    private static string Explain(JsonException json)
    {
        var place = json.LineNumber is { } line ? FormattableString.Invariant($" (line {line + 1})") : "";
        var key = json.Path?.TrimStart('$', '.');
        if (Conversion().Match(json.Message) is { Success: true } conversion)
            return $"{(string.IsNullOrEmpty(key) ? "it" : key)} is not {KindOf(conversion.Groups["type"].Value)}{place}";
        if (Unknown().Match(json.Message) is { Success: true } unknown) return $"it has the key {unknown.Groups["key"].Value}, which is not known{place}";
        if (Missing().Match(json.Message) is { Success: true } missing) return $"it has no {missing.Groups["keys"].Value.TrimEnd('.').Replace("'", "", StringComparison.Ordinal)}";
        return Position().Replace(json.Message, "").TrimEnd('.', ' ') + place;
    }

    /// <summary>What a value of a .NET type is in JSON.</summary>
    public static string KindOf(string type) => type switch
    {
        _ when type.Contains("Dictionary", StringComparison.Ordinal) => "an object",
        _ when type.Contains("List", StringComparison.Ordinal) || type.EndsWith("[]", StringComparison.Ordinal) => "a list",
        _ when type.Contains("Int32", StringComparison.Ordinal) || type.Contains("Int64", StringComparison.Ordinal) => "a whole number",
        _ when type.Contains("Double", StringComparison.Ordinal) || type.Contains("Single", StringComparison.Ordinal) => "a number",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        _ when type.Contains("String", StringComparison.Ordinal) => "a text",
        _ => "a value of the kind that is expected there",
    };

    [GeneratedRegex(@"could not be converted to (?<type>.+?)\. (Path:|$)")]
    private static partial Regex Conversion();

    [GeneratedRegex("The JSON property (?<key>'[^']*') could not be mapped")]
    private static partial Regex Unknown();

    [GeneratedRegex(@"missing required properties including: (?<keys>.*?)\.?$")]
    private static partial Regex Missing();

    [GeneratedRegex(@" (Path: .* \| )?LineNumber: \d+ \| BytePositionInLine: \d+\.?")]
    private static partial Regex Position();
}
