namespace RenderFarm.Diffusion.Pictures;

/// <summary>Squares of a picture, as long as its shorter side.</summary>
internal static class PictureSquare
{
    /// <summary>That in the middle.</summary>
    /// <param name="picture">Of any shape.</param>
    /// <param name="side">The square's side: the picture's shorter one.</param>
    /// <returns>Red, green, blue of each pixel, row by row</returns>
    public static ReadOnlySpan<byte> Of(Picture picture, out int side)
    {
        side = Math.Min(picture.Width, picture.Height);
        return picture.Width == picture.Height ? picture.Rgb.Span : Cut(picture, (picture.Width - side) / 2, (picture.Height - side) / 2, side);
    }

    /// <summary>As few as hold every pixel, evenly from end to end; of a square picture itself.</summary>
    public static IEnumerable<Picture> Covering(Picture picture)
    {
        var (side, length) = (Math.Min(picture.Width, picture.Height), Math.Max(picture.Width, picture.Height));
        var count = (length + side - 1) / side;
        return count == 1 ? [picture] : Enumerable.Range(0, count).Select(index => At((int)((long)index * (length - side) / (count - 1))));

        Picture At(int offset) => new(side, side, picture.Width > picture.Height ? Cut(picture, offset, 0, side) : Cut(picture, 0, offset, side));
    }

    private static byte[] Cut(Picture picture, int left, int top, int side)
    {
        var rgb = picture.Rgb.Span;
        var square = new byte[side * side * Picture.Channels];
        for (var row = 0; row < side; row++)
            rgb.Slice((((top + row) * picture.Width) + left) * Picture.Channels, side * Picture.Channels).CopyTo(square.AsSpan(row * side * Picture.Channels));
        return square;
    }
}
