using System.Text;
using System.Text.Json;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// A byte pair vocabulary as the two texts that it was published as: <c>vocab.json</c> and <c>merges.txt</c>. transformers 5 saves both in one
/// <c>tokenizer.json</c>, which is read where they are missing.
/// </summary>
/// <param name="Path">Where the entries come from.</param>
/// <param name="Vocabulary">A JSON object of ids by token.</param>
/// <param name="Merges">A line for each pair, in the order of merging.</param>
internal sealed record BytePairFiles(string Path, byte[] Vocabulary, byte[] Merges)
{
    /// <summary>Longest file that is read, in bytes; CLIP's vocabulary has 860,000.</summary>
    private const long LongestFile = 64 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <param name="folder">The tokenizer's.</param>
    /// <param name="wordEnd">What a tokenizer.json must say stands at the end of every word.</param>
    /// <exception cref="WeightsException">A file is missing or not such a vocabulary.</exception>
    public static BytePairFiles Read(string folder, string wordEnd)
    {
        var (vocabulary, whole) = (System.IO.Path.Combine(folder, "vocab.json"), System.IO.Path.Combine(folder, "tokenizer.json"));
        if (File.Exists(vocabulary) || !File.Exists(whole)) return new BytePairFiles(vocabulary, Bytes(vocabulary), Bytes(System.IO.Path.Combine(folder, "merges.txt")));
        try
        {
            using var document = JsonDocument.Parse(Bytes(whole), Strict);
            var model = document.RootElement.GetProperty("model");
            if (model.GetProperty("end_of_word_suffix").GetString() != wordEnd) throw new WeightsException($"'{whole}' has another end_of_word_suffix than {wordEnd}; it is not CLIP's.");
            var merges = string.Concat(model.GetProperty("merges").EnumerateArray().Select(pair => Pair(pair) + "\n"));
            return new BytePairFiles(whole, Encoding.UTF8.GetBytes(model.GetProperty("vocab").GetRawText()), Encoding.UTF8.GetBytes(merges));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new WeightsException($"'{whole}' holds no byte pair vocabulary: {error.Message} Fetch it again.", error);
        }
    }

    /// <summary>Written as two texts, or in older files as one with a space between.</summary>
    private static string Pair(JsonElement pair) => pair.ValueKind == JsonValueKind.Array ? $"{pair[0].GetString()} {pair[1].GetString()}" : pair.GetString()!;

    private static byte[] Bytes(string path)
    {
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected is CLIP's byte pair vocabulary: vocab.json and merges.txt, or tokenizer.json.");
        var length = new FileInfo(path).Length;
        return length is > 0 and <= LongestFile ? File.ReadAllBytes(path) : throw new WeightsException($"'{path}' has {length} bytes; expected are 1 to {LongestFile}. Fetch it again.");
    }
}
