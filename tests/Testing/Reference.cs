using Xunit;

namespace RenderFarm.Testing;

/// <summary>
/// Recorded outputs of the public libraries that are not in this repository, such as T5's vocabulary: in the folder that
/// RENDERFARM_REFERENCE names, or in <c>shared/reference</c> beside the checkout.
/// </summary>
public static class Reference
{
    /// <summary>A file or folder of the reference; skips the running test where there is none.</summary>
    public static string PathOf(params string[] parts)
    {
        var root = Environment.GetEnvironmentVariable("RENDERFARM_REFERENCE") ?? Path.Combine(Repository.Root, "..", "shared", "reference");
        var path = Path.GetFullPath(Path.Combine([root, .. parts]));
        Assert.SkipUnless(Path.Exists(path), $"'{path}' is not there; set RENDERFARM_REFERENCE to the folder of reference outputs.");
        return path;
    }
}
