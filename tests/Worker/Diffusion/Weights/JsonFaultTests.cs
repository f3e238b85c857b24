using RenderFarm.Diffusion.Cascades;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Weights;

public sealed class JsonFaultTests
{
    [Theory]
    [InlineData("""{"name": "a", "stages": ["b"], "defaults": {"stage1": {"steps": "many"}}}""", "defaults.stage1.steps is not a whole number (line 1).")]
    [InlineData("""{"name": "a", "stages": ["b"], "defaults": {"stage1": {"step": 3}}}""", "it has the key 'step', which is not known (line 1).")]
    [InlineData("{\"name\": \"a\",\n \"stages\": \"b\"}", "stages is not a list (line 2).")]
    [InlineData("""{"name": "a"}""", "it has no stages.")]
    [InlineData("""{"name": 3, "stages": ["b"]}""", "name is not a text (line 1).")]
    [InlineData("{\"name\": \"a\",\n", "(line 2).")]
    [InlineData("[]", "it is not a value of the kind that is expected there (line 1).")]
    public void Load_CascadeFileThatIsNone_SaysWhatIsWrongWithoutTypes(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["cascade.json"], json);

        var error = Assert.Throws<CascadeException>(() => Cascade.Load(folder.Root));

        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("RenderFarm.", error.Message, StringComparison.Ordinal);
    }
}
