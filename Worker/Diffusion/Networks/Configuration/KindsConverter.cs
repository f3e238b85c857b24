using System.Text.Json;
using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>A list of names, such as ["DownBlock2D", "DownBlock2D"], as a closed choice each; a name that is none of the choices is refused.</summary>
internal sealed class KindsConverter<T> : JsonConverter<IReadOnlyList<T>> where T : struct, Enum
{
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var names = JsonSerializer.Deserialize<List<string>>(ref reader, options) ?? [];
        return names.ConvertAll(Kind);
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.Select(kind => kind.ToString()), options);

    private static T Kind(string name) => Enum.GetNames<T>().Contains(name, StringComparer.Ordinal)
        ? Enum.Parse<T>(name)
        : throw new JsonException($"'{name}' is not supported; expected is one of {string.Join(", ", Enum.GetNames<T>())}.");
}
