using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// T5's tokenizer: a SentencePiece unigram model read by Microsoft.ML.Tokenizers, an end mark, and padding to a fixed length.
/// Gives the ids that the SentencePiece library gives.
/// </summary>
internal sealed class T5Tokenizer
{
    /// <summary>The id of padding.</summary>
    public const int PaddingId = 0;

    /// <summary>
    /// Appended to the model, these protobuf bytes set trainer_spec.bos_id = 2. T5 has no begin mark (bos_id is -1), but the library
    /// indexes the pieces by it while it reads the model. The mark itself is never emitted.
    /// </summary>
    private static readonly byte[] BeginMarkPatch = [0x12, 0x03, 0xC8, 0x02, 0x02];

    /// <summary>Longest model that is read, in bytes; T5's has 800,000.</summary>
    private const long LongestModel = 64 << 20;

    private readonly SentencePieceTokenizer _pieces;

    private T5Tokenizer(SentencePieceTokenizer pieces)
    {
        _pieces = pieces;
        // Not how many the library lists: it leaves out pieces of some kinds, whose numbers are taken all the same.
        VocabularySize = pieces.Vocabulary.Values.Append(pieces.UnknownId).Append(pieces.EndOfSentenceId).Max() + 1;
    }

    /// <summary>How many pieces the model has: one more than the greatest id.</summary>
    public int VocabularySize { get; }

    /// <param name="path">A SentencePiece unigram model, usually named <c>spiece.model</c>.</param>
    /// <exception cref="WeightsException">The file is missing or no such model.</exception>
    public static T5Tokenizer Load(string path)
    {
        if (!File.Exists(path))
            throw new WeightsException($"'{path}' is missing; expected is T5's SentencePiece model. A tokenizer.json alone is not read.");
        var length = new FileInfo(path).Length;
        if (length is 0 or > LongestModel)
            throw new WeightsException($"'{path}' has {length} bytes; expected is a SentencePiece model of 1 to {LongestModel}. Fetch it again.");
        using var model = new MemoryStream([.. File.ReadAllBytes(path), .. BeginMarkPatch]);
        try
        {
            return new T5Tokenizer(SentencePieceTokenizer.Create(model, addBeginningOfSentence: false, addEndOfSentence: false));
        }
        // The library checks little: a damaged model surfaces as whatever its reader stumbles over.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new WeightsException($"'{path}' cannot be read as a SentencePiece unigram model: {error.Message} Fetch it again.", error);
        }
    }

    /// <summary>The ids of the text alone: no end mark, no padding, not cut.</summary>
    public IReadOnlyList<int> Pieces(string text)
    {
        var ids = new List<int>();
        foreach (var id in _pieces.EncodeToIds(Sound(text), addBeginningOfSentence: false, addEndOfSentence: false))
        {
            // The library emits one unknown mark per character; SentencePiece one per run of them.
            if (id == _pieces.UnknownId && ids.Count > 0 && ids[^1] == id) continue;
            ids.Add(id);
        }
        return ids;
    }

    /// <summary>The text of ids.</summary>
    public string Text(IReadOnlyList<int> ids) => _pieces.Decode(ids);

    /// <summary>The text's ids with the end mark, cut and padded to <paramref name="maxLength"/> (77 in IF).</summary>
    public TokenizedPrompt Encode(string prompt, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        var pieces = Pieces(prompt);
        var kept = Math.Min(pieces.Count, maxLength - 1);
        var (ids, mask) = (new long[maxLength], new long[maxLength]);
        for (var i = 0; i < kept; i++) ids[i] = pieces[i];
        ids[kept] = _pieces.EndOfSentenceId;
        Array.Fill(ids, PaddingId, kept + 1, maxLength - kept - 1);
        Array.Fill(mask, 1, 0, kept + 1);
        return new TokenizedPrompt(ids, mask);
    }

    /// <summary>Several prompts as tensors; the caller owns both.</summary>
    /// <returns>ids and mask, each [B, L] int64</returns>
    public (Tensor Ids, Tensor Mask) Encode(IReadOnlyList<string> prompts, int maxLength, Device device)
    {
        using var scope = NewDisposeScope();
        var encoded = prompts.Select(prompt => Encode(prompt, maxLength)).ToList();
        var ids = tensor([.. encoded.SelectMany(prompt => prompt.Ids)], [prompts.Count, maxLength], device: device);
        var mask = tensor([.. encoded.SelectMany(prompt => prompt.Mask)], [prompts.Count, maxLength], device: device);
        return (ids.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Every kind of space becomes the plain one, as T5's own rules have it (a vocabulary without such rules profits), and halves of
    /// surrogate pairs, which are no text, become the replacement character.
    /// </summary>
    private static string Sound(string text)
    {
        var sound = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            sound.Append(IsSpace(rune) ? " " : rune.ToString());
        }
        return sound.ToString();
    }

    private static bool IsSpace(Rune rune) =>
        rune.Value is '\t' or '\n' or '\f' or '\r' ||
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
