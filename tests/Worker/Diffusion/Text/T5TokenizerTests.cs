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

    /// <summary>Protobuf bytes appended to a good model, which override what it says.</summary>
    [Theory]
    [InlineData(new byte[] { 0x12, 0x05, 0xC0, 0x02, 0xFF, 0xFF, 0x01 })] // trainer_spec.unk_id = 32767
    [InlineData(new byte[] { 0x12, 0x05, 0xD0, 0x02, 0xFF, 0xFF, 0x01 })] // trainer_spec.eos_id = 32767
    [InlineData(new byte[] { 0x12, 0x0C, 0xC0, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })] // -1
    [InlineData(new byte[] { 0x12, 0x0C, 0xD0, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })] // -1
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })] // a piece of 2 GiB
    [InlineData(new byte[] { 0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })] // a normalizer of 2^63 bytes
    [InlineData(new byte[] { 0x0A, 0x02, 0x0A, 0x00 })] // a piece without characters
    public void Load_HostileAddition_IsRefusedNamingFileAndRemedy(byte[] addition)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["spiece.model"], [.. File.ReadAllBytes(RealPath()), .. addition]);

        var message = Assert.Throws<WeightsException>(() => T5Tokenizer.Load(folder["spiece.model"])).Message;

        Assert.Contains(folder["spiece.model"], message, StringComparison.Ordinal);
        Assert.Contains("Fetch it again", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)] // a control mark
    [InlineData(5)] // unused
    [InlineData(6)] // a byte
    public void VocabularySize_PieceOfAKindThatTheLibraryLeavesOut_CountsItsNumber(byte kind)
    {
        using var folder = new TemporaryFolder();
        byte[] special = [0x0A, 0x07, 0x0A, 0x03, (byte)'q', (byte)'q', (byte)'q', 0x18, kind], usual = [0x0A, 0x05, 0x0A, 0x03, (byte)'z', (byte)'z', (byte)'z'];
        File.WriteAllBytes(folder["spiece.model"], [.. File.ReadAllBytes(RealPath()), .. special, .. usual]);

        Assert.Equal(Real().VocabularySize + 2, T5Tokenizer.Load(folder["spiece.model"]).VocabularySize);
    }

    [Fact]
    public void Load_ModelCutAnywhere_IsRefusedOrGivesIdsOfItsOwn()
    {
        using var folder = new TemporaryFolder();
        var good = File.ReadAllBytes(RealPath());
        foreach (var share in (double[])[0.00001, 0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.99999])
        {
            File.WriteAllBytes(folder["spiece.model"], good[..(int)(good.Length * share)]);
            try
            {
                var tokenizer = T5Tokenizer.Load(folder["spiece.model"]);
                Assert.All(tokenizer.Encode("a red circle 雪 🦄", Length).Ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            }
            catch (WeightsException error)
            {
                Assert.Contains("spiece.model", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Load_FileTooLongForAModel_IsRefusedUnread()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder["spiece.model"])) file.SetLength(1L << 32);

        Assert.Contains("4294967296 bytes", Assert.Throws<WeightsException>(() => T5Tokenizer.Load(folder["spiece.model"])).Message, StringComparison.Ordinal);
    }

    private static string RealPath() => Reference.PathOf("cascade", "stage1", "tokenizer", "spiece.model");

    private static T5Tokenizer Real() => T5Tokenizer.Load(Reference.PathOf("cascade", "stage1", "tokenizer", "spiece.model"));

    private static IEnumerable<int> Numbers(JsonDocument recorded, string key) => recorded.RootElement.GetProperty(key).EnumerateArray().Select(id => id.GetInt32());
}
