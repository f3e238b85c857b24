using Xunit;

namespace RenderFarm.Training.Tests;

/// <summary>Tells files that are replaced when they are whole from files that are written over in place.</summary>
internal static class WholeFile
{
    private const string Older = "older";

    /// <summary>Runs the work and demands of each file that whoever had the older one open still reads all of it, and that nothing else is left behind.</summary>
    public static void DemandReplaced(string folder, IReadOnlyList<string> names, Action work)
    {
        foreach (var name in names) File.WriteAllText(Path.Combine(folder, name), Older);
        var open = names.Select(name => new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)).ToList();
        try
        {
            work();
            foreach (var (name, stream) in names.Zip(open))
            {
                using var reader = new StreamReader(stream, leaveOpen: true);
                Assert.True(reader.ReadToEnd() == Older, $"{name} was written in place");
                Assert.NotEqual(Older, File.ReadAllText(Path.Combine(folder, name)));
            }
            Assert.Equal(names.Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        finally
        {
            open.ForEach(stream => stream.Dispose());
        }
    }
}
