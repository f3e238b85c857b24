using System.Text.Json;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Text;

/// <summary>Against the ids that transformers 5.23's CLIPTokenizer gives for OpenAI's vocabulary, which lies outside the repository.</summary>
public sealed class ClipTokenizerTests
{
    private const int Length = 77, Begin = 49406, End = 49407;

    private static string Vocabulary => Path.GetDirectoryName(Reference.PathOf("cascade", "stage3", "tokenizer", "vocab.json"))!;

    public static TheoryData<string, int[]> Texts => new()
    {
        { "wow!", [2781, 256] },
        { "a ! b", [320, 256, 321] },
        { "hello <|endoftext|> there", [3306, 49407, 997] },
        { "<|ENDOFTEXT|> x", [27, 347, 40786, 4160, 91, 285, 343] },
        { "İstanbul ΣΑΣ  ß\t\n x", [328, 16384, 11231, 139, 225, 138, 109, 139, 481, 127, 509, 343] },
        { "can't they'll DON'T", [753, 713, 889, 1342, 847, 713] },
        { "①②½ 123 a1b2", [158, 239, 510, 158, 239, 350, 33613, 272, 273, 274, 320, 272, 321, 273] },
        { "é 雪の日 ☂️ 👨\u200d👩\u200d👧", [4166, 165, 249, 103, 21575, 37156, 1741, 224, 1001, 25023, 26304, 964, 356] },
        { "e\u0301", [4166] },
        { "", [] },
        { "  ", [] },
        { "\u00a0nbsp\u2003em\u200bzw", [6459, 4393, 2270, 9844, 42188] },
        { "a_b-c/d...!!!", [320, 318, 321, 268, 322, 270, 323, 38351] },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Pieces_UnusualText_EqualsTransformers(string text, int[] expected)
    {
        using var folder = Copy("""{ "pad_token": "<|endoftext|>" }""", null);
        Assert.Equal(expected, ClipTokenizer.Load(folder.Root).Pieces(text));
    }

    [Theory]
    [InlineData("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국")]
    [InlineData("Vie\u0323\u0302t", "Việt")]
    [InlineData("cafe\u0301 über u\u0308ber", "café über über")]
    public void Pieces_MarksBehindTheirLetters_AreThoseOfTheComposedText(string text, string composed)
    {
        var tokenizer = ClipTokenizer.Load(Vocabulary);
        Assert.Equal(tokenizer.Pieces(composed), tokenizer.Pieces(text));
    }

    [Fact]
    public void Encode_RecordedRequests_EqualsTransformers()
    {
        var tokenizer = ClipTokenizer.Load(Vocabulary);
        using var requests = JsonDocument.Parse(File.ReadAllBytes(Reference.PathOf("cascade", "expected", "requests.json")));
        foreach (var request in requests.RootElement.EnumerateArray())
        {
            var expected = request.GetProperty("clip_ids").EnumerateArray().Select(id => id.GetInt64());
            Assert.Equal(expected, tokenizer.Encode(request.GetProperty("prompt").GetString()!, Length));
        }
    }

    [Fact]
    public void Encode_TextThatIsTooLong_IsCutBeforeTheEndMark()
    {
        var ids = ClipTokenizer.Load(Vocabulary).Encode(string.Join(' ', Enumerable.Repeat("cat", 200)), Length);
        Assert.Equal((Length, Begin, End), (ids.Length, (int)ids[0], (int)ids[^1]));
        Assert.Equal(1, ids.Count(id => id == End));
    }

    /// <summary>What fills up, and what "!" in a text becomes, by tokenizer_config.json and special_tokens_map.json.</summary>
    [Theory]
    [InlineData("""{ "pad_token": "!" }""", null, 0, 0)]
    [InlineData("""{ "pad_token": { "content": "!" } }""", null, 0, 0)]
    [InlineData("""{ "pad_token": "<|endoftext|>" }""", """{ "pad_token": "!" }""", 0, 0)]
    [InlineData("""{ "pad_token": "!" }""", """{ "pad_token": "<|endoftext|>" }""", End, 256)]
    [InlineData("""{ "pad_token": "<|endoftext|>", "added_tokens_decoder": {} }""", """{ "pad_token": "!" }""", End, 256)]
    [InlineData(null, null, End, 256)]
    public void Encode_PaddingAsTheFilesSay_EqualsTransformers(string? config, string? map, int padding, int mark)
    {
        using var folder = Copy(config, map);
        Assert.Equal([Begin, 2781, mark, End, padding, padding], ClipTokenizer.Load(folder.Root).Encode("wow!", 6));
    }

    [Theory]
    [InlineData("vocab.json", "{ \"a\":", "cannot be read as a byte pair vocabulary")]
    [InlineData("merges.txt", "", "merges.txt' has 0 bytes")]
    [InlineData("tokenizer_config.json", "[]", "is not a JSON object")]
    [InlineData("tokenizer_config.json", "{ \"pad_token\": 7 }", "pad_token = 7")]
    [InlineData("tokenizer_config.json", "{ \"pad_token\": \"no such\" }", "no entry 'no such'")]
    public void Load_DamagedFile_NamesIt(string file, string text, string expected)
    {
        using var folder = Copy("{}", null);
        File.Delete(folder[file]);
        File.WriteAllText(folder[file], text);
        Assert.Contains(expected, Assert.Throws<WeightsException>(() => ClipTokenizer.Load(folder.Root)).Message, StringComparison.Ordinal);
    }

    /// <summary>What transformers 5 saves, with pairs in either way of writing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_TokenizerJsonAlone_GivesTheSameIds(bool pairsAsArrays)
    {
        using var folder = new TemporaryFolder();
        var merges = File.ReadLines(Path.Combine(Vocabulary, "merges.txt")).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' '));
        File.WriteAllText(folder["tokenizer.json"], JsonSerializer.Serialize(new
        {
            model = new
            {
                type = "BPE", end_of_word_suffix = "</w>",
                vocab = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(Vocabulary, "vocab.json"))),
                merges = merges.Select(pair => pairsAsArrays ? (object)pair : string.Join(' ', pair)),
            },
        }));

        Assert.Equal([753, 713, 889, 1342, 847, 713], ClipTokenizer.Load(folder.Root).Pieces("can't they'll DON'T"));
    }

    [Theory]
    [InlineData("{}", "holds no byte pair vocabulary")]
    [InlineData("{ \"model\": { \"end_of_word_suffix\": null } }", "has another end_of_word_suffix")]
    public void Load_OtherTokenizerJson_IsRefused(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer.json"], json);
        Assert.Contains(expected, Assert.Throws<WeightsException>(() => ClipTokenizer.Load(folder.Root)).Message, StringComparison.Ordinal);
    }

    private static TemporaryFolder Copy(string? config, string? map)
    {
        var folder = new TemporaryFolder();
        foreach (var file in (string[])["vocab.json", "merges.txt"]) File.Copy(Path.Combine(Vocabulary, file), folder[file]);
        if (config is not null) File.WriteAllText(folder["tokenizer_config.json"], config);
        if (map is not null) File.WriteAllText(folder["special_tokens_map.json"], map);
        return folder;
    }
}
