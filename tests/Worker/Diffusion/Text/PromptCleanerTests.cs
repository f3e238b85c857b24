using System.Text.Json;
using RenderFarm.Diffusion.Text;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Text;

public sealed class PromptCleanerTests
{
    /// <summary>What diffusers makes of nasty captions; how the file was made stands in captions.md beside it.</summary>
    [Fact]
    public void Clean_RecordedCaptions_GivesWhatDiffusersGives()
    {
        var lines = File.ReadAllLines(TextGoldens.PathOf("captions.jsonl"));
        Assert.True(lines.Length > 60);

        Assert.All(lines, line =>
        {
            using var recorded = JsonDocument.Parse(line);
            string Value(string key) => recorded.RootElement.GetProperty(key).GetString()!;
            Assert.Equal(Value("plain"), PromptCleaner.Clean(Value("text"), PromptCleaning.Plain));
            Assert.Equal(Value("cleaned"), PromptCleaner.Clean(Value("text"), PromptCleaning.Caption));
        });
    }

    [Theory]
    [InlineData("schÃ¶n", "schön")]
    [InlineData("â€œgreatâ€\u009d â€¦ donâ€™t", "\"great\" … don't")]
    [InlineData("ðŸ˜€ â‚¬5", "😀 €5")]
    [InlineData("â€ here", "\u2020here")]
    [InlineData("máš rád weiß… groß café à la", "máš rád weiß… groß café à la")]
    [InlineData("ﬁne ｆｕｌｌ “x” ‘y’", "fine full \"x\" 'y'")]
    [InlineData("plain text", "plain text")]
    public void Mend_TextReadInTheWrongEncoding_IsReadAnew(string broken, string mended) => Assert.Equal(mended, MojibakeRepair.Mend(broken));

    [Fact]
    public void Clean_LongestPromptsOfOneKind_EndsAtOnce()
    {
        string[] units = ["a", ".", "a.", "-", "<", "<b", "1x", "a1", "\"", "&", "@a", "http:", "a.com/", " .", "1.1."];
        Assert.All(units, unit => Assert.NotNull(PromptCleaner.Clean(string.Concat(Enumerable.Repeat(unit, 2000 / unit.Length)), PromptCleaning.Caption)));
    }
}
