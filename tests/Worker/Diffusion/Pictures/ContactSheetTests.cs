using RenderFarm.Diffusion.Pictures;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Pictures;

public sealed class ContactSheetTests
{
    [Fact]
    public void Draw_SmallPictures_ShowsEachPixelAsASquare()
    {
        var picture = PictureTests.Noise(8, 8);

        var sheet = ContactSheet.Draw([(picture, "one"), (picture, "a very long caption that has to be broken over several lines and in the end be cut off")], columns: 2, cell: 32);

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
        var sheet = ContactSheet.Draw([(PictureTests.Noise(64, 16), ""), (PictureTests.Noise(16, 64), "")], columns: 1, cell: 64);
        Assert.Equal(88, sheet.Width);
        Assert.Equal([255, 255, 255], Pixel(sheet, 12 + 32, 12));
    }

    [Fact]
    public void Draw_Nothing_IsRefused() => Assert.Throws<ArgumentException>(() => ContactSheet.Draw([]));

    private static byte[] Pixel(Picture picture, int x, int y) => picture.Rgb.Slice((y * picture.Width + x) * 3, 3).ToArray();
}
