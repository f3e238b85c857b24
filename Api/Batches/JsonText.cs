using System.Text.Json;
using System.Text.Unicode;

namespace RenderFarm.Api.Batches;

/// <summary>Parses pieces of a submission strictly, and says what is wrong with one.</summary>
internal static class JsonText
{
    public const int MaxDepth = 16;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <summary>The document, which the caller disposes; null if it was refused.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> bytes, InputPlace place)
    {
        if (!Utf8.IsValid(bytes.Span))
        {
            place.Refuse(null, $"{place.Name} is not valid UTF-8.");
            return null;
        }

        if (HalfPairs.Find(bytes.Span, MaxDepth) is { } field)
        {
            place.Refuse(field.Length == 0 ? null : field, $"'{field}' holds half of a surrogate pair, which is no character; give whole characters.");
            return null;
        }

        try
        {
            return JsonDocument.Parse(bytes, Strict);
        }
        catch (JsonException e)
        {
            var at = place.Line is { } line ? $" at line {line}, byte {e.BytePositionInLine + 1}" : $" in {place.Name}";
            place.Refuse(null, $"Invalid JSON{at}: {Reason(e)}");
            return null;
        }
    }

    /// <summary>The parser's message without the place that it appends, which counts from the piece's own beginning.</summary>
    public static string Reason(JsonException e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }
}
