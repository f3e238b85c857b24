namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>A picture at the size at which all are judged.</summary>
internal sealed class JudgedImage
{
    /// <summary>Width and height in pixels.</summary>
    public const int Side = 256;

    private readonly Rgb[] _pixels;

    private JudgedImage(Rgb[] pixels, bool enlarged) => (_pixels, Enlarged) = (pixels, enlarged);

    /// <summary>Whether the picture had less than half of the judged size.</summary>
    public bool Enlarged { get; }

    /// <summary>The pixel at column x, row y.</summary>
    public Rgb this[int x, int y] => _pixels[(y * Side) + x];

    /// <summary>All pixels, rows from the top.</summary>
    public ReadOnlySpan<Rgb> Pixels => _pixels;

    /// <summary>Takes a picture as it is when it has the judged size; else resizes it with a triangle filter as wide as the coarser grid's pixel.</summary>
    public static JudgedImage From(RgbPicture picture)
    {
        var side = picture.Side;
        var source = new Rgb[side * side];
        for (var i = 0; i < source.Length; i++)
            source[i] = new Rgb(picture.Pixels[3 * i], picture.Pixels[(3 * i) + 1], picture.Pixels[(3 * i) + 2]);
        if (side == Side)
            return new JudgedImage(source, enlarged: false);
        var wide = ResizeRows(source, side, side);
        return new JudgedImage(Transpose(ResizeRows(Transpose(wide, Side, side), side, Side), Side, Side), enlarged: side < Side / 2);
    }

    /// <summary>[rows, from] to [rows, Side].</summary>
    private static Rgb[] ResizeRows(Rgb[] source, int from, int rows)
    {
        var result = new Rgb[rows * Side];
        var step = from / (double)Side;
        var reach = Math.Max(1, step);
        for (var x = 0; x < Side; x++)
        {
            var centre = ((x + 0.5) * step) - 0.5;
            var first = (int)Math.Max(0, Math.Ceiling(centre - reach));
            var last = (int)Math.Min(from - 1, Math.Floor(centre + reach));
            var weights = Enumerable.Range(first, last - first + 1).Select(i => (float)(1 - (Math.Abs(i - centre) / reach))).ToArray();
            var total = weights.Sum();
            for (var row = 0; row < rows; row++)
            {
                float r = 0, g = 0, b = 0;
                for (var i = first; i <= last; i++)
                {
                    var (weight, pixel) = (weights[i - first] / total, source[(row * from) + i]);
                    (r, g, b) = (r + (weight * pixel.Red), g + (weight * pixel.Green), b + (weight * pixel.Blue));
                }

                result[(row * Side) + x] = new Rgb(r, g, b);
            }
        }

        return result;
    }

    private static Rgb[] Transpose(Rgb[] source, int columns, int rows)
    {
        var result = new Rgb[source.Length];
        for (var y = 0; y < rows; y++)
            for (var x = 0; x < columns; x++)
                result[(x * rows) + y] = source[(y * columns) + x];
        return result;
    }
}
