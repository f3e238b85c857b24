namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// Bilinear enlargement with aligned corners, as IF's second stage enlarges its input (diffusers' pipeline_if_superresolution, F.interpolate),
/// for the part of the picture that a training crop shows.
/// </summary>
internal static class AlignedUpsampling
{
    /// <param name="low">RGB bytes of the whole low-resolution picture, [lowSide, lowSide, 3].</param>
    /// <param name="lowSide">Its side.</param>
    /// <param name="side">Side of the enlarged picture.</param>
    /// <param name="left">First column of the crop in the enlarged picture.</param>
    /// <param name="top">First row.</param>
    /// <param name="crop">Side of the crop.</param>
    /// <param name="planes">Filled with [3, crop, crop] in -1..1.</param>
    public static void Crop(ReadOnlySpan<byte> low, int lowSide, int side, int left, int top, int crop, Span<float> planes)
    {
        var scale = (lowSide - 1.0f) / (side - 1);
        for (var y = 0; y < crop; y++)
        {
            var (row, down) = Split((top + y) * scale, lowSide);
            var (above, below) = (row * lowSide, Math.Min(row + 1, lowSide - 1) * lowSide);
            for (var x = 0; x < crop; x++)
            {
                var (column, right) = Split((left + x) * scale, lowSide);
                var next = Math.Min(column + 1, lowSide - 1);
                for (var c = 0; c < 3; c++)
                {
                    var upper = Mix(low[(above + column) * 3 + c], low[(above + next) * 3 + c], right);
                    var lower = Mix(low[(below + column) * 3 + c], low[(below + next) * 3 + c], right);
                    planes[(c * crop + y) * crop + x] = Mix(upper, lower, down) / 127.5f - 1;
                }
            }
        }
    }

    private static (int Whole, float Part) Split(float position, int side)
    {
        var whole = Math.Min((int)position, side - 1);
        return (whole, position - whole);
    }

    private static float Mix(float a, float b, float part) => a + (b - a) * part;
}
