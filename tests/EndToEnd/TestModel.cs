using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

/// <summary>Models to run the tool with.</summary>
internal static class TestModel
{
    private static readonly string[] Stages = ["stage1", "stage2"];

    /// <summary>Name of the cascade that ships with the tool.</summary>
    public const string Bundled = "shapes";

    /// <summary>Whether the tool that was built has the bundled cascade.</summary>
    public static bool HasBundled => File.Exists(Path.Combine(AppContext.BaseDirectory, "Models", Bundled, "cascade.json"));

    /// <summary>A model that draws in a second: the reference's first two stages, or the bundled cascade where there is no reference. Skips the test without either.</summary>
    public static string Quick(TemporaryFolder folder)
    {
        var reference = Environment.GetEnvironmentVariable("RENDERFARM_REFERENCE") ?? Path.Combine(Repository.Root, "..", "shared", "reference");
        var source = Path.GetFullPath(Path.Combine(reference, "cascade"));
        if (!Directory.Exists(source))
        {
            Assert.SkipUnless(HasBundled, $"'{source}' is not there and no cascade is bundled yet; set RENDERFARM_REFERENCE to the folder of reference outputs.");
            return Bundled;
        }
        var model = Directory.CreateDirectory(folder.File("quick-model")).FullName;
        foreach (var stage in Stages) Directory.CreateSymbolicLink(Path.Combine(model, stage), Path.Combine(source, stage));
        File.WriteAllText(Path.Combine(model, "cascade.json"), """
            {"name": "quick", "stages": ["stage1", "stage2"], "max_batch": 2,
             "defaults": {"stage1": {"steps": 4, "guidance": 4.0}, "stage2": {"steps": 3, "guidance": 3.0, "noise_level": 250}}}
            """);
        return model;
    }
}
