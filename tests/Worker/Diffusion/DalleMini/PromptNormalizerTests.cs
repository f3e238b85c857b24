using System.Text.Json;
using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Diffusion.Tests.DalleMini;

public sealed class PromptNormalizerTests
{
    private static readonly string Goldens = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "DalleMini", "Goldens");

    [Fact]
    public void Normalize_RecordedTexts_GivesWhatTheOriginalGives()
    {
        var normalizer = new PromptNormalizer(HashtagSplitter.Load(Goldens));
        var pairs = JsonSerializer.Deserialize<string[][]>(File.ReadAllBytes(Path.Combine(Goldens, "normalized.json")))!;

        Assert.True(pairs.Length >= 30);
        Assert.All(pairs, pair => Assert.Equal(pair[1], normalizer.Normalize(pair[0])));
    }

    [Theory]
    [InlineData("naïve café, Łódź", " naive cafe, lodz")]
    [InlineData("a dog’s “best” friend…", " a dog's \" best \" friend")]
    [InlineData("itâ€™s a fox", " it's a fox")]
    [InlineData("Москва", " moskva")]
    [InlineData("東京", " dongjing")]
    [InlineData("a 🦊 in the rain", " a, fox, in the rain")]
    [InlineData("100 € & ½", " 100 eur & 1/2")]
    [InlineData("half \ud83e a pair\ud800", " half a pair")]
    [InlineData("\u0001\u0007a\u0000b", " ab")]
    public void Normalize_OtherScripts_AreWrittenInAscii(string text, string expected) => Assert.Equal(expected, new PromptNormalizer(null).Normalize(text));

    [Fact]
    public void Normalize_HashtagWithoutListOfWords_StaysOneWord() => Assert.Equal(" mycutedog", new PromptNormalizer(null).Normalize("#mycutedog"));

    [Fact]
    public void Normalize_LongestPromptOfOneKind_TakesNoTime()
    {
        var normalizer = new PromptNormalizer(HashtagSplitter.Load(Goldens));

        Assert.All([" ", "\"", ", ", "' ", "<", "[1]", "&amp;", "#a", "a.", "http"], piece => Assert.StartsWith(" ", normalizer.Normalize(string.Concat(Enumerable.Repeat(piece, 2000 / piece.Length))), StringComparison.Ordinal));
    }

    [Fact]
    public void Load_ListWithoutWords_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(HashtagSplitter.Load(folder.Root));
        File.WriteAllText(folder[HashtagSplitter.FileName], "\n\n");
        Assert.Contains("holds no words", Assert.Throws<WeightsException>(() => HashtagSplitter.Load(folder.Root)).Message, StringComparison.Ordinal);
    }
}
