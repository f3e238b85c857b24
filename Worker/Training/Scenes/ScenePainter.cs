using SkiaSharp;

namespace RenderFarm.Training.Scenes;

/// <summary>
/// Draws scenes, antialiased, at any size: pictures of one scene at 32 and 256 px agree by area averaging.
/// Skia's own antialiasing errs by up to 60 levels where outlines are concave or clipped, so it is averaged over 4x4 finer pixels.
/// Keeps its canvas and outlines between calls; not thread-safe, so each thread has its own.
/// </summary>
internal sealed class ScenePainter : IDisposable
{
    private const int Finer = 4;

    private readonly Dictionary<Shape, SKPath> _outlines = Enum.GetValues<Shape>().ToDictionary(shape => shape, Outlines.Of);
    private readonly Dictionary<int, (SKBitmap Pixels, SKCanvas Canvas)> _canvases = [];
    private readonly SKPaint _paint = new() { IsAntialias = true, Style = SKPaintStyle.Fill };

    /// <summary>The whole picture: RGB bytes, rows from the top, [side, side, 3].</summary>
    public byte[] Paint(Scene scene, int side) => PaintCrop(scene, side, 0, 0, side);

    /// <summary>The square of <paramref name="crop"/> pixels at (x, y) of the picture of this side; only that square is rasterised.</summary>
    public byte[] PaintCrop(Scene scene, int side, int x, int y, int crop)
    {
        var pixels = new byte[crop * crop * 3];
        PaintCrop(scene, side, x, y, crop, pixels);
        return pixels;
    }

    /// <summary>As above, into RGB bytes of the caller's, [crop, crop, 3].</summary>
    /// <param name="paints">Other values for the scene's colours; null for <see cref="Palette"/>'s.</param>
    /// <param name="outlines">Other outlines for some of the scene's shapes; null for none.</param>
    public void PaintCrop(Scene scene, int side, int x, int y, int crop, Span<byte> destination, IReadOnlyDictionary<Colour, (byte Red, byte Green, byte Blue)>? paints = null,
        IReadOnlyDictionary<Shape, SKPath>? outlines = null)
    {
        if (side < 1 || crop < 1 || x < 0 || y < 0 || x + crop > side || y + crop > side)
            throw new ArgumentException($"A crop of {crop} px at ({x}, {y}) does not lie inside a picture of {side} px.");
        if (destination.Length != crop * crop * 3)
            throw new ArgumentException($"{crop}x{crop} RGB pixels take {crop * crop * 3} bytes, not {destination.Length}.", nameof(destination));
        var (bitmap, canvas) = CanvasFor(crop * Finer);
        canvas.Clear(ColourOf(scene.Ground));
        foreach (var item in scene.Objects)
        {
            var outline = outlines is not null && outlines.TryGetValue(item.Shape, out var other) ? other : _outlines[item.Shape];
            Draw(canvas, scene, item, outline, ColourOf(paints is null ? Palette.Of(item.Colour) : paints[item.Colour]), side * Finer, x * Finer, y * Finer);
        }

        Average(bitmap.GetPixelSpan(), crop, destination);
    }

    public void Dispose()
    {
        foreach (var outline in _outlines.Values)
            outline.Dispose();
        foreach (var (bitmap, canvas) in _canvases.Values)
        {
            canvas.Dispose();
            bitmap.Dispose();
        }

        _paint.Dispose();
    }

    private void Draw(SKCanvas canvas, Scene scene, SceneObject item, SKPath outline, SKColor colour, int side, int x, int y)
    {
        var (centreX, centreY) = Layout.Centre(scene, item);
        var radius = (float)(Layout.Radius(item.Size) * side);
        canvas.SetMatrix(new SKMatrix(radius, 0, (float)(centreX * side) - x, 0, radius, (float)(centreY * side) - y, 0, 0, 1));
        _paint.Color = colour;
        if (item.Fill == Fill.Plain)
        {
            canvas.DrawPath(outline, _paint);
        }
        else
        {
            canvas.Save();
            canvas.ClipPath(outline, antialias: true);
            Patterns.Draw(canvas, item, outline, _paint);
            canvas.Restore();
        }

        canvas.ResetMatrix();
    }

    private (SKBitmap Pixels, SKCanvas Canvas) CanvasFor(int side)
    {
        if (!_canvases.TryGetValue(side, out var canvas))
        {
            var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
            _canvases[side] = canvas = (bitmap, new SKCanvas(bitmap));
        }

        return canvas;
    }

    private static SKColor ColourOf((byte Red, byte Green, byte Blue) colour) => new(colour.Red, colour.Green, colour.Blue);

    /// <summary>Fine RGBA, [crop * Finer, crop * Finer, 4], to RGB, [crop, crop, 3].</summary>
    private static void Average(ReadOnlySpan<byte> fine, int crop, Span<byte> rgb)
    {
        const int Half = Finer * Finer / 2;
        var to = 0;
        for (var row = 0; row < crop; row++)
        {
            var rows = fine.Slice(row * Finer * crop * Finer * 4, Finer * crop * Finer * 4);
            for (var column = 0; column < crop; column++, to += 3)
            {
                int red = Half, green = Half, blue = Half;
                for (var y = 0; y < Finer; y++)
                {
                    var pixels = rows.Slice(((y * crop) + column) * Finer * 4, Finer * 4);
                    for (var x = 0; x < Finer * 4; x += 4)
                    {
                        red += pixels[x];
                        green += pixels[x + 1];
                        blue += pixels[x + 2];
                    }
                }

                rgb[to] = (byte)(red / (Finer * Finer));
                rgb[to + 1] = (byte)(green / (Finer * Finer));
                rgb[to + 2] = (byte)(blue / (Finer * Finer));
            }
        }
    }
}
