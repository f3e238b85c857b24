using System.Text.Json;
using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>Reads a JSON value or a JSON array of values as a list.</summary>
internal sealed class OneOrManyConverter<T> : JsonConverter<IReadOnlyList<T>>
{
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            if (reader.TokenType == JsonTokenType.StartArray) return JsonSerializer.Deserialize<T[]>(ref reader, options)!;
            return [JsonSerializer.Deserialize<T>(ref reader, options)!];
        }
        // Without a path of its own, the error gets that of the property.
        catch (JsonException error)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        if (value.Count == 1) JsonSerializer.Serialize(writer, value[0], options);
        else JsonSerializer.Serialize(writer, value.ToArray(), options);
    }
}
