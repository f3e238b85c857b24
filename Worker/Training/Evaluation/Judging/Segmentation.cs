namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>A picture divided into background and blobs.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Background">The background's colour as it was drawn: the median along the picture's border.</param>
/// <param name="Foreground">Pixels that differ clearly from the background.</param>
/// <param name="Blobs">Connected parts of the foreground, without specks.</param>
internal sealed record Segmentation(JudgedImage Image, Rgb Background, bool[] Foreground, IReadOnlyList<Blob> Blobs)
{
    private const int Side = JudgedImage.Side;

    /// <summary>Width of the border, in pixels, that no object of the world reaches.</summary>
    private const int Border = 4;

    /// <summary>RGB distance from the background at which a pixel stands out: half of the least contrast in the world.</summary>
    private const float Contrast = 48;

    /// <summary>Fewest pixels of a blob: a thousandth of the picture; the smallest object covers 25 times as many.</summary>
    private const int LeastArea = Side * Side / 1000;

    /// <summary>How many pixels at most speak for a blob's inside: more would tell no more.</summary>
    private const int MostCore = 500;

    /// <summary>Divides a picture.</summary>
    public static Segmentation Of(JudgedImage image)
    {
        var background = Rgb.Median(BorderPixels(image));
        var foreground = new bool[Side * Side];
        for (var i = 0; i < foreground.Length; i++)
        {
            var difference = image.Pixels[i] - background;
            foreground[i] = difference.Dot(difference) > Contrast * Contrast;
        }

        var blobs = new List<Blob>();
        var visited = new bool[Side * Side];
        for (var i = 0; i < foreground.Length; i++)
        {
            if (foreground[i] && !visited[i] && Refine(image, background, Flood(foreground, visited, i)) is { } blob)
                blobs.Add(blob);
        }

        return new Segmentation(image, background, foreground, blobs);
    }

    private static List<Rgb> BorderPixels(JudgedImage image)
    {
        var pixels = new List<Rgb>(4 * Border * Side);
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
                if (Math.Min(Math.Min(x, y), Side - 1 - Math.Max(x, y)) < Border)
                    pixels.Add(image[x, y]);
        return pixels;
    }

    /// <summary>All foreground pixels connected with the first, diagonals included.</summary>
    private static List<int> Flood(bool[] foreground, bool[] visited, int first)
    {
        var found = new List<int> { first };
        visited[first] = true;
        for (var next = 0; next < found.Count; next++)
        {
            var (x, y) = (found[next] % Side, found[next] / Side);
            for (var row = Math.Max(0, y - 1); row <= Math.Min(Side - 1, y + 1); row++)
            {
                for (var column = Math.Max(0, x - 1); column <= Math.Min(Side - 1, x + 1); column++)
                {
                    var pixel = (row * Side) + column;
                    if (!foreground[pixel] || visited[pixel])
                        continue;
                    visited[pixel] = true;
                    found.Add(pixel);
                }
            }
        }

        return found;
    }

    /// <summary>
    /// Projects each pixel on the line from the background's to the inside's colour: it belongs to the blob from halfway on,
    /// which puts the outline where an antialiased or blurred edge really is.
    /// </summary>
    private static Blob? Refine(JudgedImage image, Rgb background, List<int> pixels)
    {
        if (pixels.Count < LeastArea)
            return null;
        var core = image.Enlarged ? Strongest(image, background, pixels) : Core(image, pixels);
        var pattern = Pattern.Of(core);
        var colour = pattern?.Own ?? Rgb.Median(core);
        var line = colour - background;
        var covers = pattern is null ? (Func<Rgb, bool>)(pixel => (pixel - background).Dot(line) >= 0.5f * line.Dot(line)) : HalfWay(background, pattern);
        var mask = new bool[Side * Side];
        var (area, sumX, sumY) = (0, 0.0, 0.0);
        var box = (Left: Side, Top: Side, Right: 0, Bottom: 0);
        foreach (var pixel in pixels)
        {
            if (!covers(image.Pixels[pixel]))
                continue;
            var (x, y) = (pixel % Side, pixel / Side);
            mask[pixel] = true;
            (area, sumX, sumY) = (area + 1, sumX + x + 0.5, sumY + y + 0.5);
            box = Around(box, x, y);
        }

        return area < LeastArea ? null : new Blob(colour, core, mask, area, sumX / area, sumY / area, box, pattern);
    }

    /// <summary>The same for two tones, which lie in different directions: from half of the weaker one's distance on.</summary>
    private static Func<Rgb, bool> HalfWay(Rgb background, Pattern pattern)
    {
        var (own, second) = (pattern.Own - background, pattern.Second - background);
        var least = 0.25f * Math.Min(own.Dot(own), second.Dot(second));
        return pixel => (pixel - background).Dot(pixel - background) >= least;
    }

    /// <summary>Pixels well inside: deeper than four pixels, or than half of the greatest depth where all is thin.</summary>
    private static List<Rgb> Core(JudgedImage image, List<int> pixels)
    {
        var rough = new bool[Side * Side];
        var box = (Left: Side, Top: Side, Right: 0, Bottom: 0);
        foreach (var pixel in pixels)
        {
            rough[pixel] = true;
            box = Around(box, pixel % Side, pixel / Side);
        }

        var depths = Distances.ToOutside(rough, box);
        var enough = Math.Min(5, (pixels.Max(pixel => depths[pixel]) / 2) + 1);
        pixels = [.. pixels.Where(pixel => depths[pixel] >= enough)];
        var every = (pixels.Count / MostCore) + 1;
        return [.. pixels.Where((_, i) => i % every == 0).Select(pixel => image.Pixels[pixel])];
    }

    /// <summary>
    /// The tenth that differs most from the background: in a coarse picture thin objects have no inside, only pixels covered more or less.
    /// </summary>
    private static List<Rgb> Strongest(JudgedImage image, Rgb background, List<int> pixels) =>
        [.. pixels.Select(pixel => image.Pixels[pixel]).OrderByDescending(colour => (colour - background).Dot(colour - background)).Take(pixels.Count / 10)];

    private static (int Left, int Top, int Right, int Bottom) Around((int Left, int Top, int Right, int Bottom) box, int x, int y) =>
        (Math.Min(box.Left, x), Math.Min(box.Top, y), Math.Max(box.Right, x + 1), Math.Max(box.Bottom, y + 1));
}
