using System.Text.Json;

namespace RenderFarm.Diffusion.Weights;

/// <summary>Values that, where a configuration states them, must be these: others are networks that there is no code for.</summary>
internal static class FixedValues
{
    /// <param name="root">The configuration.</param>
    /// <param name="values">Keys, each with its value as JSON writes it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="kind">What is supported, for messages.</param>
    /// <exception cref="WeightsException">One is another, or the configuration is no object.</exception>
    public static void Check(JsonElement root, IEnumerable<(string Key, string Expected)> values, string path, string kind)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new WeightsException($"'{path}' is not the configuration of {kind}: it is not a JSON object.");
        foreach (var (key, expected) in values)
        {
            if (!root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null) continue;
            using var wanted = JsonDocument.Parse(expected);
            if (!JsonElement.DeepEquals(value, wanted.RootElement))
                throw new WeightsException($"'{path}' has {key} = {value.GetRawText()}, which is not supported; expected is {expected} ({kind}).");
        }
    }
}
