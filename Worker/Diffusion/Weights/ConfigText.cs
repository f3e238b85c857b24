using System.Text.Json;

namespace RenderFarm.Diffusion.Weights;

/// <summary>Reads a config.json into its record.</summary>
internal static class ConfigText
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <param name="path">The file.</param>
    /// <param name="kind">Whose configuration it is, for messages.</param>
    /// <param name="fixedValues">As <see cref="FixedValues.Check"/> takes them.</param>
    /// <exception cref="WeightsException">The file is missing, no such configuration, or one that there is no code for; names key and value.</exception>
    public static T Read<T>(string path, string kind, IEnumerable<(string Key, string Expected)> fixedValues)
    {
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected is the configuration of {kind}.");
        try
        {
            var json = ConfigFile.Read(path);
            using (var document = JsonDocument.Parse(json)) FixedValues.Check(document.RootElement, fixedValues, path, kind);
            return JsonSerializer.Deserialize<T>(json, Format)!;
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException or InvalidDataException)
        {
            throw new WeightsException($"'{path}' is not the configuration of {kind}: {JsonFault.Explain(error)}", error);
        }
    }

    /// <exception cref="WeightsException">A number is not from 1 to its limit.</exception>
    public static void CheckSizes(string path, params ReadOnlySpan<(string Key, long Value, long Most)> sizes)
    {
        foreach (var (key, value, most) in sizes)
        {
            if (value < 1 || value > most) throw new WeightsException($"'{path}' has {key} = {value}; expected is a number from 1 to {most}.");
        }
    }
}
