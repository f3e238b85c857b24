using System.Text;
using Microsoft.ML.Tokenizers;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// CLIP's tokenizer: byte pairs merged by Microsoft.ML.Tokenizers, marks before and behind, and padding to a fixed length. Gives the ids that
/// transformers' CLIPTokenizer gives.
/// </summary>
internal sealed class ClipTokenizer
{
    /// <summary>Stands at the end of every word in the vocabulary.</summary>
    private const string WordEnd = "</w>";

    private readonly BpeTokenizer _merges;
    private readonly (string Text, int Id)[] _marks;
    private readonly int _begin, _end, _padding;

    private ClipTokenizer(BpeTokenizer merges, ClipSpecialTokens special, string path)
    {
        _merges = merges;
        Length = special.Length;
        int Id(string mark) => merges.Vocabulary.TryGetValue(mark, out var id) ? id : throw new WeightsException($"'{path}' has no entry '{mark}', which the tokenizer's configuration names as a special token.");
        (_begin, _end, _padding) = (Id(special.Begin), Id(special.End), Id(special.Padding));
        // Where one mark begins like another, the longer is found.
        _marks = [.. new[] { special.Begin, special.End, special.Padding }.Distinct().OrderByDescending(mark => mark.Length).Select(mark => (mark, Id(mark)))];
        VocabularySize = merges.Vocabulary.Values.Max() + 1;
    }

    /// <summary>How many tokens there are: one more than the greatest id.</summary>
    public int VocabularySize { get; }

    /// <summary>The mark behind the text.</summary>
    public int End => _end;

    /// <summary>Tokens of an encoded text, marks and padding among them; null where the tokenizer's configuration does not say.</summary>
    public int? Length { get; }

    /// <param name="folder">With <see cref="BytePairFiles"/> and <see cref="ClipSpecialTokens"/>.</param>
    /// <exception cref="WeightsException">A file is missing or not such a vocabulary.</exception>
    public static ClipTokenizer Load(string folder)
    {
        var special = ClipSpecialTokens.Load(folder);
        var files = BytePairFiles.Read(folder, WordEnd);
        using var vocabulary = new MemoryStream(files.Vocabulary);
        using var merges = new MemoryStream(files.Merges);
        try
        {
            var pairs = BpeTokenizer.Create(
                vocabulary, merges, preTokenizer: null, normalizer: null, specialTokens: null, unknownToken: null, continuingSubwordPrefix: null, endOfWordSuffix: WordEnd);
            return new ClipTokenizer(pairs, special, files.Path);
        }
        // The library checks little: damaged files surface as whatever its reader stumbles over.
        catch (Exception error) when (error is not (OutOfMemoryException or WeightsException))
        {
            throw new WeightsException($"'{folder}' cannot be read as a byte pair vocabulary: {error.Message} Fetch its files again.", error);
        }
    }

    /// <summary>How many of the tokens of <see cref="Encode"/> are not padding: the text's and its two marks.</summary>
    public int Unpadded(string text, int length) => Math.Min(Pieces(text).Count, length - 2) + 2;

    /// <summary>The text's ids between the marks, cut and padded to <paramref name="length"/>.</summary>
    public long[] Encode(string text, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var pieces = Pieces(text);
        var kept = Math.Min(pieces.Count, length - 2);
        var ids = new long[length];
        Array.Fill(ids, _padding);
        ids[0] = _begin;
        for (var piece = 0; piece < kept; piece++) ids[piece + 1] = pieces[piece];
        ids[kept + 1] = _end;
        return ids;
    }

    /// <summary>The ids of the text alone: no marks around it, no padding, not cut. Marks in the text itself are found as it stands.</summary>
    public IReadOnlyList<int> Pieces(string text)
    {
        var (ids, plain) = (new List<int>(), new StringBuilder());
        for (var at = 0; at < text.Length;)
        {
            var (mark, id) = _marks.FirstOrDefault(mark => string.CompareOrdinal(text, at, mark.Text, 0, mark.Text.Length) == 0);
            if (mark is null)
            {
                plain.Append(text[at++]);
                continue;
            }
            AddWords(ids, plain);
            ids.Add(id);
            at += mark.Length;
        }
        AddWords(ids, plain);
        return ids;
    }

    private void AddWords(List<int> ids, StringBuilder plain)
    {
        foreach (var word in ClipWords.Split(plain.ToString()))
            ids.AddRange(_merges.EncodeToIds(ByteLetters.Of(word), considerPreTokenization: false, considerNormalization: false));
        plain.Clear();
    }
}
