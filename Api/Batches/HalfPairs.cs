using System.Text;
using System.Text.Json;

namespace RenderFarm.Api.Batches;

/// <summary>Finds names and texts with half of a surrogate pair, such as "\ud800": valid JSON, but no characters, and no string can be made of them.</summary>
internal static class HalfPairs
{
    /// <summary>Path of the first such name or text, empty for the whole; null if there is none, or the JSON is broken in other ways.</summary>
    public static string? Find(ReadOnlySpan<byte> json, int maxDepth)
    {
        if (json.IndexOf("\\u"u8) < 0)
            return null;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        var path = new List<Step>();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                    path.RemoveAt(path.Count - 1);
                else if (path.Count > 0)
                    path[^1] = path[^1].Next(ref reader);
                if (IsBroken(ref reader))
                    return string.Concat(path.Select(step => step.Text)).TrimStart('.');
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    path.Add(new(reader.TokenType == JsonTokenType.StartArray, -1, string.Empty));
            }
        }
        catch (JsonException)
        {
            // The parser says what is wrong.
        }

        return null;
    }

    private static bool IsBroken(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped || reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.String))
            return false;
        try
        {
            _ = reader.GetString();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private readonly record struct Step(bool IsArray, int Index, string Name)
    {
        public string Text => IsArray ? $"[{Index}]" : $".{Name}";

        public Step Next(ref Utf8JsonReader reader) => IsArray ? this with { Index = Index + 1 }
            : reader.TokenType == JsonTokenType.PropertyName ? this with { Name = Encoding.UTF8.GetString(reader.ValueSpan) } : this;
    }
}
