using System.Text.Json;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Text;

public sealed class T5TokenizerTests
{
    private const int Length = 77;

    [Fact]
    public void Encode_AllRecordedTexts_GivesSentencePiecesIds()
    {
        var tokenizer = Real();
        var lines = File.ReadAllLines(TextGoldens.PathOf("tokens-t5.jsonl"));
        Assert.Equal(410, lines.Length);

        Assert.All(lines, line =>
        {
            using var recorded = JsonDocument.Parse(line);
            var text = recorded.RootElement.GetProperty("text").GetString()!;
            Assert.Equal(Numbers(recorded, "ids"), tokenizer.Pieces(text));
            var encoded = tokenizer.Encode(text, Length);
            Assert.Equal(Numbers(recorded, "padded_77"), encoded.Ids.Select(id => (int)id));
            Assert.Equal(encoded.Ids.Select(id => id == T5Tokenizer.PaddingId ? 0L : 1L), encoded.Mask);
        });
    }

    [Fact]
    public void Encode_TextLongerThanTheLimit_IsCutAndKeepsTheEndMark()
    {
        var tokenizer = Real();

        var encoded = tokenizer.Encode("a red circle above a blue star", 4);

        Assert.Equal([.. tokenizer.Pieces("a red circle above a blue star").Take(3).Select(id => (long)id), 1], encoded.Ids);
        Assert.Equal([1, 1, 1, 1], encoded.Mask);
        Assert.Equal(4, encoded.Count);
    }

    [Fact]
    public void Encode_LimitOfNothing_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Real().Encode("a", 0));

    [Theory]
    [InlineData("\ud83d")]
    [InlineData("a \udc00 b\ud800")]
    public void Pieces_HalfASurrogatePair_IsUnknownLikeTheReplacementCharacter(string text)
    {
        var tokenizer = Real();

        Assert.Equal(tokenizer.Pieces(text.Replace('\ud83d', '\uFFFD').Replace('\udc00', '\uFFFD').Replace('\ud800', '\uFFFD')), tokenizer.Pieces(text));
    }

    [Fact]
    public void Encode_SeveralPrompts_GivesTensorsAndLeaksNothing()
    {
        var tokenizer = Real();
        var leaked = Leaks.Of(() =>
        {
            var (ids, mask) = tokenizer.Encode(["a cat", ""], 5, torch.CPU);
            Assert.Equal([2, 5], ids.shape);
            Assert.Equal([3, 9, 1712, 1, 0, 1, 0, 0, 0, 0], ids.data<long>().ToArray());
            Assert.Equal([1, 1, 1, 1, 0, 1, 0, 0, 0, 0], mask.data<long>().ToArray());
            ids.Dispose();
            mask.Dispose();
        });
        Assert.Equal(0, leaked);
    }

    [Fact]
    public void Load_MissingOrDamagedModel_IsRefusedNamingTheFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder["spiece.model"];
        Assert.Contains(path, Assert.Throws<WeightsException>(() => T5Tokenizer.Load(path)).Message, StringComparison.Ordinal);

        foreach (var bytes in new byte[][] { [], [1, 2, 3], [.. Enumerable.Repeat((byte)0xFF, 100)] })
        {
            File.WriteAllBytes(path, bytes);
            Assert.Contains(path, Assert.Throws<WeightsException>(() => T5Tokenizer.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    private static T5Tokenizer Real() => T5Tokenizer.Load(Reference.PathOf("cascade", "stage1", "tokenizer", "spiece.model"));

    private static IEnumerable<int> Numbers(JsonDocument recorded, string key) => recorded.RootElement.GetProperty(key).EnumerateArray().Select(id => id.GetInt32());
}
