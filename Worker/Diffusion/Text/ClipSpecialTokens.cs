using System.Text.Json;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// The marks of a CLIP tokenizer and its length, as transformers reads them: <c>special_tokens_map.json</c> goes before <c>tokenizer_config.json</c>,
/// unless the latter lists added_tokens_decoder. Stable Diffusion 2 was published with "!" as padding in the former alone.
/// </summary>
/// <param name="Begin">Stands before the text.</param>
/// <param name="End">Stands behind it.</param>
/// <param name="Padding">Fills the rest.</param>
/// <param name="Length">Tokens in all; null where no file says.</param>
internal sealed record ClipSpecialTokens(string Begin, string End, string Padding, int? Length)
{
    private const string UsualBegin = "<|startoftext|>", UsualEnd = "<|endoftext|>";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="folder">The tokenizer's; neither file need be there.</param>
    /// <exception cref="WeightsException">A file is not JSON or has another kind of value.</exception>
    public static ClipSpecialTokens Load(string folder)
    {
        var (configPath, mapPath) = (Path.Combine(folder, "tokenizer_config.json"), Path.Combine(folder, "special_tokens_map.json"));
        var (config, map) = (Read(configPath), Read(mapPath));
        if (config.ContainsKey("added_tokens_decoder")) map = [];
        string Token(string key, string usual) => Text(map, key, mapPath) ?? Text(config, key, configPath) ?? usual;
        var length = config.GetValueOrDefault("model_max_length");
        return new ClipSpecialTokens(
            Token("bos_token", UsualBegin), Token("eos_token", UsualEnd), Token("pad_token", UsualEnd),
            length.ValueKind == JsonValueKind.Number && length.TryGetInt32(out var number) ? number : null);
    }

    private static Dictionary<string, JsonElement> Read(string path)
    {
        if (!File.Exists(path)) return [];
        try
        {
            using var document = JsonDocument.Parse(ConfigFile.Read(path), Strict);
            return document.RootElement.Clone().EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new WeightsException($"'{path}' is not a JSON object: {JsonFault.Explain(error)}", error);
        }
    }

    /// <summary>Written as a text, or as an object with the text as content.</summary>
    private static string? Text(Dictionary<string, JsonElement> keys, string key, string path)
    {
        if (!keys.TryGetValue(key, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        var text = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out var content) ? content : value;
        if (text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } found) return found;
        throw new WeightsException($"'{path}' has {key} = {value.GetRawText()}; expected is a text that is not empty.");
    }
}
