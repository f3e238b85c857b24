namespace RenderFarm.Diffusion.Pictures;

/// <summary>The square in a picture's middle.</summary>
internal static class PictureSquare
{
    /// <param name="picture">Of any shape.</param>
    /// <param name="side">The square's side: the picture's shorter one.</param>
    /// <returns>Red, green, blue of each pixel, row by row</returns>
    public static ReadOnlySpan<byte> Of(Picture picture, out int side)
    {
        side = Math.Min(picture.Width, picture.Height);
        var rgb = picture.Rgb.Span;
        if (picture.Width == picture.Height) return rgb;
        var (left, top) = ((picture.Width - side) / 2, (picture.Height - side) / 2);
        var square = new byte[side * side * Picture.Channels];
        for (var row = 0; row < side; row++)
            rgb.Slice((((top + row) * picture.Width) + left) * Picture.Channels, side * Picture.Channels).CopyTo(square.AsSpan(row * side * Picture.Channels));
        return square;
    }
}
