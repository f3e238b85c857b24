using System.Text;
using Microsoft.ML.Tokenizers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>BART's byte-level BPE, read by Microsoft.ML.Tokenizers, between a mark of begin and one of end, padded to a fixed length.</summary>
internal sealed class DalleBartTokenizer
{
    public const string VocabularyFile = "vocab.json", MergesFile = "merges.txt";

    private const string Begin = "<s>", Padding = "<pad>", End = "</s>";

    /// <summary>Longest files that are read, in bytes; the published ones have a million.</summary>
    private const long LongestFile = 64 << 20;

    private readonly BpeTokenizer _pieces;
    private readonly int _length;
    private readonly (int Begin, int Padding, int End) _ids;

    private DalleBartTokenizer(BpeTokenizer pieces, int length, (int Begin, int Padding, int End) ids)
    {
        (_pieces, _length, _ids) = (pieces, length, ids);
        VocabularySize = pieces.Vocabulary.Values.Max() + 1;
    }

    /// <summary>How many pieces there are: one more than the greatest id.</summary>
    public int VocabularySize { get; }

    /// <param name="folder">Has vocab.json and merges.txt.</param>
    /// <param name="length">L, at least 2.</param>
    /// <exception cref="WeightsException">A file is missing, or both are no byte-level BPE with the marks that BART has.</exception>
    public static DalleBartTokenizer Load(string folder, int length)
    {
        var (vocabulary, merges) = (Checked(folder, VocabularyFile), Checked(folder, MergesFile));
        try
        {
            var options = new BpeOptions(vocabulary, merges) { ByteLevel = true, PreTokenizer = RobertaPreTokenizer.Instance };
            var pieces = BpeTokenizer.Create(options);
            int IdOf(string mark) => pieces.Vocabulary.TryGetValue(mark, out var id)
                ? id
                : throw new WeightsException($"'{vocabulary}' has no piece '{mark}'; expected are {Begin}, {Padding} and {End}.");
            return new DalleBartTokenizer(pieces, length, (IdOf(Begin), IdOf(Padding), IdOf(End)));
        }
        // The library checks little: damaged files surface as whatever its reader stumbles over.
        catch (Exception error) when (error is not (OutOfMemoryException or WeightsException))
        {
            throw new WeightsException($"'{vocabulary}' and '{merges}' cannot be read as a byte-level BPE: {error.Message} Fetch them again.", error);
        }
    }

    /// <summary>The text's ids between the marks, cut (the end mark stays) and padded.</summary>
    public TokenizedPrompt Encode(string text)
    {
        var pieces = _pieces.EncodeToIds(Sound(text));
        var kept = Math.Min(pieces.Count, _length - 2);
        var (ids, mask) = (new long[_length], new long[_length]);
        Array.Fill(ids, (long)_ids.Padding);
        Array.Fill(mask, 1, 0, kept + 2);
        ids[0] = _ids.Begin;
        for (var i = 0; i < kept; i++) ids[i + 1] = pieces[i];
        ids[kept + 1] = _ids.End;
        return new TokenizedPrompt(ids, mask);
    }

    /// <summary>Several texts as tensors; the caller owns both.</summary>
    /// <returns>ids and mask, each int64 [B, L]</returns>
    public (Tensor Ids, Tensor Mask) Encode(IReadOnlyList<string> texts, Device device)
    {
        using var scope = NewDisposeScope();
        var encoded = texts.Select(Encode).ToList();
        var ids = tensor([.. encoded.SelectMany(text => text.Ids)], [texts.Count, _length], device: device);
        var mask = tensor([.. encoded.SelectMany(text => text.Mask)], [texts.Count, _length], device: device);
        return (ids.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope());
    }

    /// <summary>Halves of surrogate pairs, which are no text, become the replacement character.</summary>
    private static string Sound(string text)
    {
        var sound = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) sound.Append(rune.ToString());
        return sound.ToString();
    }

    private static string Checked(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected are {VocabularyFile} and {MergesFile} of a byte-level BPE. A tokenizer.json alone is not read.");
        var length = new FileInfo(path).Length;
        return length is > 0 and <= LongestFile ? path : throw new WeightsException($"'{path}' has {length} bytes; expected are 1 to {LongestFile}. Fetch it again.");
    }
}
