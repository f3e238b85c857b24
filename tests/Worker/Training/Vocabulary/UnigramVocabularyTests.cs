using System.Text.Json;
using RenderFarm.Diffusion.Text;
using RenderFarm.Testing;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Vocabulary;
using Xunit;

namespace RenderFarm.Training.Tests.Vocabulary;

public sealed class UnigramVocabularyTests : IDisposable
{
    private const int Length = 77;

    private readonly string _folder = Directory.CreateTempSubdirectory("renderfarm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Build_SameCaptionsInAnotherOrder_GivesTheSameBytes()
    {
        var captions = Captions(300);

        Assert.Equal(
            SentencePieceModel.Serialize(UnigramVocabulary.Build(captions)),
            SentencePieceModel.Serialize(UnigramVocabulary.Build(captions.Reverse())));
    }

    [Fact]
    public void Build_NoWord_IsRefused() => Assert.Throws<ArgumentException>(() => UnigramVocabulary.Build(["", " ,. "]));

    [Fact]
    public void Build_AnyCaptions_NumbersMarksAsT5Does()
    {
        var pieces = UnigramVocabulary.Build(["a b"]).Pieces;

        Assert.Equal(["<pad>", "</s>", "<unk>", "▁a", "▁b"], pieces.Take(5).Select(piece => piece.Text));
        Assert.Equal(pieces.Count, pieces.Select(piece => piece.Text).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Encode_CaptionsItWasBuiltFrom_GivesOnePieceAWordAndNothingUnknown()
    {
        var captions = Captions(2000);
        var tokenizer = Written(UnigramVocabulary.Build(captions));

        Assert.All(captions, caption => Assert.DoesNotContain(2, tokenizer.Pieces(caption)));
        var words = captions[0].Split(' ').Select(word => word.Count(character => !char.IsLetterOrDigit(character)) + 1).Sum();
        Assert.Equal(words, tokenizer.Pieces(captions[0]).Count);
    }

    [Fact]
    public void Encode_RareLongWordOfFrequentParts_StaysWhole()
    {
        string[] captions = [.. Enumerable.Repeat("rain rain-bow", 5000), "rainbow"];
        var vocabulary = UnigramVocabulary.Build(captions);
        var tokenizer = Written(vocabulary);

        Assert.Equal("▁rainbow", vocabulary.Pieces[Assert.Single(tokenizer.Pieces("rainbow"))].Text);
        Assert.Equal(["▁rain", "-", "bow"], tokenizer.Pieces("rain-bow").Select(id => vocabulary.Pieces[id].Text));
    }

    [Fact]
    public void Encode_WordsNeverSeen_FallIntoParts()
    {
        var vocabulary = UnigramVocabulary.Build(["a red circle"]);
        var tokenizer = Written(vocabulary);

        Assert.Equal(["▁red", "s", "▁", "z", "e", "b", "r", "a"], tokenizer.Pieces("reds zebra").Select(id => vocabulary.Pieces[id].Text));
        Assert.Equal(["▁", "<unk>"], tokenizer.Pieces("ж日本").Select(id => vocabulary.Pieces[id].Text));
    }

    [Fact]
    public void Encode_TextsOfEveryKind_GivesTheIdsThatTransformersGives()
    {
        var captions = Captions(400);
        var tokenizer = Written(UnigramVocabulary.Build(captions.Take(200)));
        string[] texts =
        [
            .. captions, "", " ", "a", "  two   spaces  ", "a zebra, red!", "reds circles", "a Red CIRCLE", "naïve café", "日本 ж", "ж ж", "aжb", "🚀 star 🙂", "don't",
            "top-left (blue) \"star\"", "100% ½ ﬁ ｆｕｌｌ", "a\tb\nc", "a\u00a0b", "a\u2028b\u3000c", "a.b.c...", "xyzzy" + new string('q', 120), string.Join(' ', Enumerable.Repeat("red", 90)),
        ];
        File.WriteAllText(Path.Combine(_folder, "texts.json"), JsonSerializer.Serialize(texts));

        var peers = JsonSerializer.Deserialize<long[][]>(Peer.Run(
            """
            import json, sys
            from transformers import T5Tokenizer
            tokenizer = T5Tokenizer.from_pretrained(sys.argv[1])
            texts = json.load(open(sys.argv[1] + '/texts.json', encoding='utf-8'))
            print(json.dumps([tokenizer(text, padding='max_length', max_length=int(sys.argv[2]), truncation=True).input_ids for text in texts]))
            """, _folder, Length.ToString()))!;

        var different = texts.Zip(peers).Where(pair => !tokenizer.Encode(pair.First, Length).Ids.SequenceEqual(pair.Second))
            .Select(pair => $"'{pair.First}': ours {string.Join(' ', tokenizer.Pieces(pair.First))}, transformers {string.Join(' ', pair.Second.TakeWhile(id => id != 0))}");
        Assert.Empty(different);
        Assert.Equal(texts.Length, peers.Length);
    }

    private T5Tokenizer Written(UnigramVocabulary vocabulary)
    {
        TokenizerFolder.Write(vocabulary, _folder, Length);
        return T5Tokenizer.Load(Path.Combine(_folder, "spiece.model"));
    }

    private static string[] Captions(int count)
    {
        var (sampler, random) = (new SceneSampler(), new SceneRandom(11));
        return [.. Enumerable.Range(0, count).Select(_ => CaptionWriter.Describe(sampler.Draw(random), random))];
    }
}
