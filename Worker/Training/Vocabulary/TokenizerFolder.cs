using System.Text.Json;
using RenderFarm.Diffusion.Files;

namespace RenderFarm.Training.Vocabulary;

/// <summary>The tokenizer's folder of a model in Hugging Face's layout, which our T5Tokenizer and transformers' read.</summary>
internal static class TokenizerFolder
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <param name="vocabulary">Written as <c>spiece.model</c>.</param>
    /// <param name="folder">Made if it does not exist; its files are replaced.</param>
    /// <param name="maxLength">How many ids a prompt has, end mark and padding included.</param>
    public static void Write(UnigramVocabulary vocabulary, string folder, int maxLength)
    {
        Directory.CreateDirectory(folder);
        var pieces = SentencePieceModel.Serialize(vocabulary);
        AtomicFile.Write(Path.Combine(folder, "spiece.model"), stream => stream.Write(pieces));
        var config = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["eos_token"] = "</s>",
            ["extra_ids"] = 0, // T5's marks for its own pre-training; this vocabulary has none
            ["model_max_length"] = maxLength,
            ["pad_token"] = "<pad>",
            ["sp_model_kwargs"] = new Dictionary<string, object>(),
            ["tokenizer_class"] = "T5Tokenizer",
            ["unk_token"] = "<unk>",
        };
        TextFile.Write(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(config, Format) + "\n");
    }
}
