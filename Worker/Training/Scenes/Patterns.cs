using SkiaSharp;

namespace RenderFarm.Training.Scenes;

/// <summary>Paints what is not plain, for a radius of 1 around the origin; the canvas is clipped to the object's outline.</summary>
internal static class Patterns
{
    /// <summary>Width of an outline's line.</summary>
    private const float Line = 0.28f;

    /// <summary>Height of a stripe.</summary>
    private const float Stripe = 0.34f;

    private const float DotPitch = 0.62f;
    private const float DotRadius = 0.2f;

    /// <summary>How far any shape reaches.</summary>
    private const float Reach = 1.3f;

    /// <param name="canvas">Where to paint.</param>
    /// <param name="item">The object; its colour is the paint's already.</param>
    /// <param name="outline">Its outline.</param>
    /// <param name="paint">Used, and left with another colour.</param>
    public static void Draw(SKCanvas canvas, SceneObject item, SKPath outline, SKPaint paint)
    {
        if (item.Fill == Fill.Outlined)
        {
            (paint.Style, paint.StrokeWidth) = (SKPaintStyle.Stroke, 2 * Line); // its outer half is clipped away
            canvas.DrawPath(outline, paint);
            paint.Style = SKPaintStyle.Fill;
            return;
        }

        canvas.DrawRect(-Reach, -Reach, 2 * Reach, 2 * Reach, paint);
        var (red, green, blue) = Palette.SecondTone(item.Colour);
        paint.Color = new SKColor(red, green, blue);
        if (item.Fill == Fill.Striped) DrawStripes(canvas, paint);
        else DrawDots(canvas, paint);
    }

    private static void DrawStripes(SKCanvas canvas, SKPaint paint)
    {
        for (var top = Stripe / 2 - 4 * Stripe; top < Reach; top += 2 * Stripe)
            canvas.DrawRect(-Reach, top, 2 * Reach, Stripe, paint);
    }

    private static void DrawDots(SKCanvas canvas, SKPaint paint)
    {
        for (var row = -2; row <= 2; row++)
        {
            for (var column = -2; column <= 2; column++)
                canvas.DrawCircle(column * DotPitch, row * DotPitch, DotRadius, paint);
        }
    }
}
