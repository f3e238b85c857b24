namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>Measures edges and flat areas of a divided picture.</summary>
internal static class SharpnessMeter
{
    private const int Side = JudgedImage.Side;

    /// <summary>Every how manieth pixel of an outline is sampled.</summary>
    private const int Every = 2;

    /// <summary>How far from an edge, in pixels, flat areas begin.</summary>
    private const int Margin = 5;

    /// <summary>Smallest flat area worth a standard deviation, in pixels.</summary>
    private const int LeastArea = 30;

    /// <summary>Measures a picture.</summary>
    public static Sharpness Measure(Segmentation segmentation)
    {
        // Patterns have edges inside.
        var plain = segmentation.Blobs.Where(blob => blob.Pattern is null).ToArray();
        var widths = plain.SelectMany(blob => EdgeWidths(segmentation, blob)).ToArray();
        var flats = plain.Select(blob => blob.Mask).Append([.. segmentation.Foreground.Select(inside => !inside)])
            .Select(mask => Deviation(segmentation.Image, mask)).OfType<double>().ToArray();
        return new Sharpness(widths, flats);
    }

    private static IEnumerable<double> EdgeWidths(Segmentation segmentation, Blob blob)
    {
        var coverage = new CoverageMap(segmentation, blob);
        var seen = 0;
        for (var y = Math.Max(1, blob.Box.Top); y < Math.Min(Side - 1, blob.Box.Bottom); y++)
        {
            for (var x = Math.Max(1, blob.Box.Left); x < Math.Min(Side - 1, blob.Box.Right); x++)
            {
                if (IsRim(blob.Mask, (y * Side) + x) && seen++ % Every == 0 && EdgeProfile.Width(coverage, x + 0.5, y + 0.5) is { } width)
                    yield return width;
            }
        }
    }

    private static bool IsRim(bool[] mask, int pixel) =>
        mask[pixel] && !(mask[pixel - 1] && mask[pixel + 1] && mask[pixel - Side] && mask[pixel + Side]);

    /// <summary>Root mean square over the channels of the standard deviation inside a mask, away from its rim; null where nothing is left.</summary>
    private static double? Deviation(JudgedImage image, bool[] mask)
    {
        var depths = Distances.ToOutside(mask, (0, 0, Side, Side));
        var pixels = Enumerable.Range(0, mask.Length).Where(i => depths[i] > Margin).Select(i => image.Pixels[i]).ToArray();
        if (pixels.Length < LeastArea)
            return null;
        var variance = Variance(pixels, p => p.Red) + Variance(pixels, p => p.Green) + Variance(pixels, p => p.Blue);
        return Math.Sqrt(variance / 3);
    }

    private static double Variance(Rgb[] pixels, Func<Rgb, double> channel)
    {
        var mean = pixels.Average(channel);
        return pixels.Average(pixel => (channel(pixel) - mean) * (channel(pixel) - mean));
    }
}
