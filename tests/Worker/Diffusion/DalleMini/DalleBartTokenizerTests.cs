using System.Text.Json;
using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Weights;
using Xunit;

namespace RenderFarm.Diffusion.Tests.DalleMini;

public sealed class DalleBartTokenizerTests
{
    [Fact]
    public void Encode_RecordedPrompts_GivesTheRecordedIdsAndMasks()
    {
        var tokenizer = DalleBartTokenizer.Load(DalleReference.Folder, 64);
        using var recorded = JsonDocument.Parse(File.ReadAllBytes(DalleReference.PathOf("tokens.json")));
        var count = 0;
        foreach (var entry in recorded.RootElement.EnumerateArray())
        {
            var encoded = tokenizer.Encode(entry.GetProperty("prompt").GetString()!);

            Assert.Equal(Numbers(entry, "input_ids"), encoded.Ids);
            Assert.Equal(Numbers(entry, "attention_mask"), encoded.Mask);
            count++;
        }
        Assert.Equal(30, count);
    }

    [Theory]
    [InlineData("\ud800 half a pair")]
    [InlineData("雪 🦊 \0 \u00a0\t\n")]
    [InlineData("</s><pad><mask>")]
    public void Encode_AnyText_EndsWithTheMark(string text)
    {
        var encoded = DalleBartTokenizer.Load(DalleReference.Folder, 64).Encode(text);

        Assert.Equal(2, encoded.Ids[encoded.Count - 1]);
        Assert.All(encoded.Ids, id => Assert.InRange(id, 0, 411));
    }

    [Fact]
    public void Load_MissingOrDamagedFiles_SaysWhichAndWhy()
    {
        using var folder = new TemporaryFolder();
        string Error() => Assert.Throws<WeightsException>(() => DalleBartTokenizer.Load(folder.Root, 64)).Message;

        Assert.Contains("vocab.json' is missing", Error(), StringComparison.Ordinal);
        File.WriteAllText(folder["vocab.json"], "{\"a\": 0}");
        Assert.Contains("merges.txt' is missing", Error(), StringComparison.Ordinal);
        File.WriteAllText(folder["merges.txt"], "#version: 0.2\n");
        Assert.Contains("no piece '<s>'", Error(), StringComparison.Ordinal);
        File.WriteAllText(folder["vocab.json"], "[1, 2");
        Assert.Contains("cannot be read as a byte-level BPE", Error(), StringComparison.Ordinal);
        File.WriteAllText(folder["vocab.json"], "");
        Assert.Contains("has 0 bytes", Error(), StringComparison.Ordinal);
    }

    private static long[] Numbers(JsonElement entry, string key) => [.. entry.GetProperty(key).EnumerateArray().Select(number => number.GetInt64())];
}
