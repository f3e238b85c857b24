using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Diffusion.Tests.StartPictures;

/// <summary>Files of pictures to start from.</summary>
internal static class Pngs
{
    public static byte[] Of(PictureSize size, Func<int, int, (byte Red, byte Green, byte Blue)> colour)
    {
        var rgb = new byte[size.Pixels * Picture.Channels];
        for (var pixel = 0; pixel < size.Pixels; pixel++) (rgb[pixel * 3], rgb[(pixel * 3) + 1], rgb[(pixel * 3) + 2]) = colour(pixel % size.Width, pixel / size.Width);
        using var file = new MemoryStream();
        new Picture(size.Width, size.Height, rgb).WritePng(file);
        return file.ToArray();
    }
}
