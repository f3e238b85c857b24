using RenderFarm.Diffusion.Pictures;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>Compares whole pictures.</summary>
internal static class PictureAssert
{
    /// <summary>Same size, and no channel of any pixel further apart than so many of the 255 levels.</summary>
    public static void Close(Picture expected, Picture actual, int levels)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        var differences = Differences(expected, actual);
        TestContext.Current.TestOutputHelper?.WriteLine($"largest difference {differences.Max()} levels, allowed {levels}, mean {differences.Average():g3}");
        var far = differences.Count(difference => difference > levels);
        Assert.True(far == 0, $"{far} of {differences.Length} values differ by more than {levels} levels, the largest by {differences.Max()}");
    }

    public static double MeanDifference(Picture expected, Picture actual) => Differences(expected, actual).Average();

    private static int[] Differences(Picture expected, Picture actual) =>
        [.. expected.Rgb.ToArray().Zip(actual.Rgb.ToArray(), (one, other) => Math.Abs(one - other))];
}
