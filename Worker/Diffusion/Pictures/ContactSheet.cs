using SkiaSharp;

namespace RenderFarm.Diffusion.Pictures;

/// <summary>Many pictures in one: a grid, each with its caption below, for looking over a batch at a glance.</summary>
public static class ContactSheet
{
    private const int Margin = 12;

    private const int TextSize = 13;

    private const int LineHeight = 17;

    private const int CaptionLines = 3;

    private const int FrameWidth = 4;

    private static readonly SKColor Green = new(40, 180, 70), Red = new(230, 40, 40);

    /// <summary>
    /// Draws the sheet. Captions are broken over at most three lines, for which there is room if any entry has one; on a machine without any
    /// font there are none.
    /// </summary>
    /// <param name="entries">In reading order.</param>
    /// <param name="columns">Pictures per row; by default about as many as make the sheet four by three.</param>
    /// <param name="cell">Side of the square each picture is fitted into, in pixels.</param>
    /// <exception cref="ArgumentException">There are no entries.</exception>
    public static Picture Draw(IReadOnlyList<SheetEntry> entries, int? columns = null, int cell = 256)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0) throw new ArgumentException("A contact sheet needs at least one picture.", nameof(entries));
        using var font = entries.Any(entry => entry.Caption.Length > 0) ? FindFont() : null;
        var captionHeight = font is null ? 0 : CaptionLines * LineHeight + Margin / 2;
        var perRow = Math.Min(columns ?? (int)Math.Ceiling(Math.Sqrt(entries.Count * 4 / 3.0)), entries.Count);
        var rows = (entries.Count + perRow - 1) / perRow;
        using var sheet = new SKBitmap(new SKImageInfo(
            Margin + perRow * (cell + Margin), Margin + rows * (cell + captionHeight + Margin), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(SKColors.White);
        for (var index = 0; index < entries.Count; index++)
        {
            var (left, top) = (Margin + index % perRow * (cell + Margin), Margin + index / perRow * (cell + captionHeight + Margin));
            DrawFrame(canvas, entries[index].Frame, SKRect.Create(left, top, cell, cell));
            DrawPicture(canvas, entries[index].Picture, SKRect.Create(left, top, cell, cell));
            if (font is not null) DrawCaption(canvas, font, entries[index].Caption, left, top + cell, cell);
        }
        canvas.Flush();
        return Picture.FromBitmap(sheet);
    }

    private static SKFont? FindFont()
    {
        var typeface = SKTypeface.Default;
        return typeface is null || typeface.GlyphCount == 0 || typeface.GetGlyph('a') == 0 ? null : new SKFont(typeface, TextSize);
    }

    private static void DrawFrame(SKCanvas canvas, SheetFrame frame, SKRect place)
    {
        if (frame == SheetFrame.None) return;
        using var paint = new SKPaint { Color = frame == SheetFrame.Right ? Green : Red };
        canvas.DrawRect(SKRect.Inflate(place, FrameWidth, FrameWidth), paint);
    }

    private static void DrawPicture(SKCanvas canvas, Picture picture, SKRect place)
    {
        using var bitmap = picture.ToBitmap();
        using var image = SKImage.FromBitmap(bitmap);
        var scale = Math.Min(place.Width / picture.Width, place.Height / picture.Height);
        var (width, height) = (picture.Width * scale, picture.Height * scale);
        var target = SKRect.Create(place.MidX - width / 2, place.MidY - height / 2, width, height);
        // Enlarged pixels stay squares: a sheet must not look smoother than the pictures are.
        var sampling = scale >= 1 ? new SKSamplingOptions(SKFilterMode.Nearest) : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        canvas.DrawImage(image, target, sampling);
    }

    private static void DrawCaption(SKCanvas canvas, SKFont font, string caption, float left, float top, float width)
    {
        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        var rest = caption.ReplaceLineEndings(" ").Trim();
        for (var line = 1; line <= CaptionLines && rest.Length > 0; line++)
        {
            var text = TakeLine(font, ref rest, width, last: line == CaptionLines);
            canvas.DrawText(text, left, top + line * LineHeight, font, paint);
        }
    }

    /// <summary>
    /// As much of the text as fits the width, broken between words where there is a space; the last line ends in dots if more was left.
    /// </summary>
    private static string TakeLine(SKFont font, ref string rest, float width, bool last)
    {
        if (font.MeasureText(rest) <= width) return Taken(ref rest, rest.Length);
        var dots = last ? "…" : "";
        var fitting = rest.Length;
        while (fitting > 1 && font.MeasureText(rest[..fitting] + dots) > width) fitting--;
        if (char.IsHighSurrogate(rest[fitting - 1])) fitting = Math.Max(1, fitting - 1);
        var space = rest.LastIndexOf(' ', fitting - 1);
        return Taken(ref rest, space > 0 ? space : fitting) + dots;
    }

    private static string Taken(ref string rest, int length)
    {
        var taken = rest[..length];
        rest = rest[length..].TrimStart();
        return taken;
    }
}
