using System.Text.Json;
using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Requests;

/// <summary>The fields of one JSON object, read by name; what is asked for in vain, of the wrong kind or not known is an error with its place.</summary>
/// <param name="element">The object.</param>
/// <param name="place">"FILE, line N", for messages.</param>
/// <param name="prefix">"stages.stage1." inside of it.</param>
internal sealed class JsonFields(JsonElement element, string place, string prefix = "")
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public string? Text(string name) => Take(name, JsonValueKind.String, "a string")?.GetString();

    public long? Integer(string name, long least, long most)
    {
        if (Take(name, JsonValueKind.Number, "a whole number") is not { } value) return null;
        if (!value.TryGetInt64(out var number) || number < least || number > most) throw Bad(name, $"is {value.GetRawText()}; expected is a whole number from {least} to {most}");
        return number;
    }

    public double? Number(string name, double least, double most)
    {
        if (Take(name, JsonValueKind.Number, "a number") is not { } value) return null;
        var number = value.GetDouble();
        if (!(number >= least && number <= most)) throw Bad(name, $"is {value.GetRawText()}; expected is a number from {least} to {most}");
        return number;
    }

    public bool? Flag(string name)
    {
        _known.Add(name);
        if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Bad(name, $"is {Shown(value)}; expected is true or false");
    }

    /// <summary>The fields of an object within.</summary>
    public JsonFields? Inner(string name) =>
        Take(name, JsonValueKind.Object, "an object") is { } value ? new JsonFields(value, place, $"{prefix}{name}.") : null;

    /// <summary>Every field's name.</summary>
    public IEnumerable<string> Names => element.EnumerateObject().Select(property => property.Name);

    /// <summary>Throws if a field was not asked for.</summary>
    public void RefuseOthers()
    {
        if (Names.FirstOrDefault(name => !_known.Contains(name)) is { } other)
            throw Bad(other, $"is not known; known are {string.Join(", ", _known)}");
    }

    public ToolException Bad(string name, string fault) => new($"{place}: '{prefix}{name}' {fault}.");

    private JsonElement? Take(string name, JsonValueKind kind, string expected)
    {
        _known.Add(name);
        if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == kind ? value : throw Bad(name, $"is {Shown(value)}; expected is {expected}");
    }

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();
}
