using RenderFarm.Diffusion.Pictures;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Pictures;

public sealed class ContactSheetTests
{
    [Fact]
    public void Draw_SmallPictures_ShowsEachPixelAsASquare()
    {
        var picture = PictureTests.Noise(8, 8);

        var sheet = ContactSheet.Draw([new(picture, "one"), new(picture, "a very long caption that has to be broken over several lines and in the end be cut off")], columns: 2, cell: 32);

        // The margin is 12; the second cell begins 32 + 12 further.
        foreach (var left in (int[])[12, 56])
        {
            for (var y = 0; y < 32; y++)
            {
                for (var x = 0; x < 32; x++) Assert.Equal(Pixel(picture, x / 4, y / 4), Pixel(sheet, left + x, 12 + y));
            }
        }
    }

    [Fact]
    public void Draw_WideAndTallPictures_FitsThemIntoTheirCells()
    {
        var sheet = ContactSheet.Draw([new(PictureTests.Noise(64, 16)), new(PictureTests.Noise(16, 64))], columns: 1, cell: 64);
        // No captions, so no room for them.
        Assert.Equal((88, 164), (sheet.Width, sheet.Height));
        Assert.Equal([255, 255, 255], Pixel(sheet, 12 + 32, 12));
    }

    [Fact]
    public void Draw_FramedPictures_AreGreenWhereRightAndRedWhereWrong()
    {
        var picture = PictureTests.Noise(8, 8);

        var sheet = ContactSheet.Draw([new(picture, Frame: SheetFrame.Right), new(picture, Frame: SheetFrame.Wrong), new(picture)], columns: 3, cell: 64);

        Assert.Equal([40, 180, 70], Pixel(sheet, 12 - 4, 12 + 32));
        Assert.Equal([230, 40, 40], Pixel(sheet, 12 + 76 - 4, 12 + 32));
        Assert.Equal([255, 255, 255], Pixel(sheet, 12 + 152 - 4, 12 + 32));
        Assert.Equal(Pixel(picture, 0, 0), Pixel(sheet, 12, 12));
    }

    [Fact]
    public void Draw_Nothing_IsRefused() => Assert.Throws<ArgumentException>(() => ContactSheet.Draw([]));

    private static byte[] Pixel(Picture picture, int x, int y) => picture.Rgb.Slice((y * picture.Width + x) * 3, 3).ToArray();
}
