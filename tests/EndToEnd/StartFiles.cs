using RenderFarm.Testing;
using SkiaSharp;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

/// <summary>Pictures to start from, and what the tool draws over them by itself.</summary>
internal static class StartFiles
{
    /// <summary>A square with a disc.</summary>
    public static byte[] Png(int side, byte shade) => Drawn(side, new SKColor(shade, 120, (byte)(255 - shade)), SKColors.White);

    /// <summary>Light in a disc, where the picture is drawn anew.</summary>
    public static byte[] Mask(int side) => Drawn(side, SKColors.Black, SKColors.White);

    /// <summary>"a photo of a corgi" with seed 7 and strength 0.75 over a picture, by <c>renderfarm render</c>.</summary>
    public static async Task<byte[]> RenderAsync(TemporaryFolder folder, byte[] start, byte[] mask)
    {
        var model = Path.Combine(AppContext.BaseDirectory, "Models", TestModel.Quick(folder));
        folder.Write("start.png", start);
        folder.Write("mask.png", mask);
        using var tool = await ToolProcess.RunAsync(
            folder.Path, "render", "a photo of a corgi", "--seed", "7", "--start", "start.png", "--mask", "mask.png", "--strength", "0.75", "--model", model, "--out", "tool");
        Assert.Equal((0, ""), (tool.ExitCode, tool.Error));
        return await File.ReadAllBytesAsync(folder.File(Path.Combine("tool", "picture.png")), TestContext.Current.CancellationToken);
    }

    private static byte[] Drawn(int side, SKColor ground, SKColor disc)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { Color = disc };
        canvas.Clear(ground);
        canvas.DrawCircle(side / 2f, side / 2f, side / 4f, paint);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
