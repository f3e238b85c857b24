using System.Runtime.InteropServices;
using RenderFarm.Diffusion.Pictures;
using SkiaSharp;

namespace RenderFarm.Training.Evaluation;

/// <summary>All judged pictures on one: green frames around right ones, red around the others.</summary>
public static class ContactSheet
{
    private const int Frame = 4;
    private const int Gap = 4;

    /// <summary>Writes the sheet as a PNG that appears under its name only when it is complete.</summary>
    /// <param name="path">Where to; an existing file is replaced.</param>
    /// <param name="pictures">Pictures, row by row.</param>
    /// <param name="columns">Pictures a row. Default 20.</param>
    /// <param name="side">Side of each on the sheet, in pixels. Default 128.</param>
    public static void Write(string path, IReadOnlyList<JudgedPicture> pictures, int columns = 20, int side = 128)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        columns = Math.Clamp(columns, 1, Math.Max(1, pictures.Count));
        var cell = side + (2 * Frame) + Gap;
        using var sheet = new SKBitmap((columns * cell) + Gap, ((pictures.Count + columns - 1) / columns * cell) + Gap);
        using (var canvas = new SKCanvas(sheet))
        {
            canvas.Clear(new SKColor(60, 60, 60));
            for (var i = 0; i < pictures.Count; i++)
                Draw(canvas, pictures[i], Gap + (i % columns * cell), Gap + (i / columns * cell), side);
        }

        using var png = sheet.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    private static void Draw(SKCanvas canvas, JudgedPicture judged, int x, int y, int side)
    {
        using var frame = new SKPaint { Color = judged.Problems.Count == 0 ? new SKColor(40, 180, 70) : new SKColor(230, 40, 40) };
        canvas.DrawRect(x, y, side + (2 * Frame), side + (2 * Frame), frame);
        using var image = ImageOf(judged.Picture);
        var sampling = image.Width > side ? new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear) : new SKSamplingOptions(SKFilterMode.Nearest);
        canvas.DrawImage(image, SKRect.Create(x + Frame, y + Frame, side, side), sampling);
    }

    private static SKImage ImageOf(RgbPicture picture)
    {
        var rgba = new byte[picture.Side * picture.Side * 4];
        for (int from = 0, to = 0; to < rgba.Length; from += 3, to += 4)
        {
            picture.Pixels.AsSpan(from, 3).CopyTo(rgba.AsSpan(to));
            rgba[to + 3] = byte.MaxValue;
        }

        var info = new SKImageInfo(picture.Side, picture.Side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var handle = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            return SKImage.FromPixelCopy(info, handle.AddrOfPinnedObject(), info.RowBytes);
        }
        finally
        {
            handle.Free();
        }
    }
}
