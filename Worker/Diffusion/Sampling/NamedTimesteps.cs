namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// DeepFloyd IF's hand-tuned timestep lists. Each is written as it was made: the 1000 training steps are cut into equal sections, listed
/// from t = 0 upward, and each section is given a number of steps spread evenly over it, both ends included (guided-diffusion, respace.py).
/// </summary>
internal static class NamedTimesteps
{
    private const int TrainTimesteps = 1000;

    private static readonly Dictionary<string, int[]> Sections = new(StringComparer.Ordinal)
    {
        ["fast27"] = [10, 10, 3, 2, 2],
        ["smart27"] = [7, 4, 2, 1, 2, 4, 7],
        ["smart50"] = [10, 6, 4, 3, 2, 2, 3, 4, 6, 10],
        ["smart100"] = [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 7, 8, 9, 10, 13],
        ["smart185"] = [1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20],
        ["super27"] = [1, 1, 1, 1, 1, 1, 1, 2, 5, 13],
        ["super40"] = [2, 2, 2, 2, 2, 2, 3, 4, 6, 15],
        ["super100"] = [4, 4, 6, 6, 8, 8, 10, 10, 14, 30],
    };

    public static IReadOnlyCollection<string> Names => Sections.Keys;

    /// <summary>The list of that name, in descending order, or null if there is none.</summary>
    public static int[]? Find(string name) => Sections.TryGetValue(name, out var counts) ? Spread(counts) : null;

    private static int[] Spread(int[] counts)
    {
        var steps = new SortedSet<int>();
        var (size, extra) = (TrainTimesteps / counts.Length, TrainTimesteps % counts.Length);
        var start = 0;
        for (var section = 0; section < counts.Length; section++)
        {
            var length = size + (section < extra ? 1 : 0);
            var stride = counts[section] <= 1 ? 0 : (length - 1) / (counts[section] - 1.0);
            var position = 0.0;
            // Summed up, not multiplied: the rounding error of the sum decides a tie in super40 as it did in the original.
            for (var k = 0; k < counts[section]; k++, position += stride) steps.Add(start + (int)Math.Round(position, MidpointRounding.ToEven));
            start += length;
        }
        return [.. steps.Reverse()];
    }
}
