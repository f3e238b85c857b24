using System.Text.Json;

namespace RenderFarm.Api.Batches;

/// <summary>Reads an object's fields by name and type; refuses what is not asked for. The object comes from <see cref="JsonText"/>: its names and texts are whole.</summary>
internal static class JsonFields
{
    public static void RefuseOthers(JsonElement element, InputPlace place, params ReadOnlySpan<string> known)
    {
        foreach (var property in element.EnumerateObject())
            if (!known.Contains(property.Name))
                place.Refuse(property.Name, $"Unknown field '{property.Name}'; known are {string.Join(", ", known.ToArray())}.");
    }

    public static string? Text(JsonElement element, string field, InputPlace place)
    {
        if (!TryGet(element, field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        place.Refuse(field, $"'{field}' is {Kind(value)}; give a text.");
        return null;
    }

    public static long? Whole(JsonElement element, string field, long least, long most, InputPlace place)
    {
        if (!TryGet(element, field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most)
            return number;
        place.Refuse(field, $"'{field}' is {Shown(value)}; give a whole number from {least} to {most}.");
        return null;
    }

    public static double? Real(JsonElement element, string field, double least, double most, InputPlace place)
    {
        if (!TryGet(element, field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
            return number;
        place.Refuse(field, $"'{field}' is {Shown(value)}; give a number from {least} to {most}.");
        return null;
    }

    public static bool? Flag(JsonElement element, string field, InputPlace place)
    {
        if (!TryGet(element, field, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        place.Refuse(field, $"'{field}' is {Kind(value)}; give true or false.");
        return null;
    }

    /// <summary>Whether the field is there; null counts as left out.</summary>
    public static bool TryGet(JsonElement element, string field, out JsonElement value) =>
        element.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };

    private static string Shown(JsonElement value)
    {
        var raw = value.GetRawText();
        return raw.Length > 40 ? Kind(value) : raw;
    }
}
