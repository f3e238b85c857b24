using RenderFarm.Diffusion.Pictures;
using Xunit;

namespace RenderFarm.Diffusion.Tests.StartPictures;

public sealed class PictureSquareTests
{
    [Theory]
    [InlineData(5, 5, 1)]
    [InlineData(6, 5, 2)]
    [InlineData(5, 20, 4)]
    [InlineData(21, 5, 5)]
    public void Covering_AnyShape_HoldsEveryPixelInSquares(int width, int height, int expected)
    {
        var picture = new Picture(width, height, [.. Enumerable.Range(0, width * height).SelectMany(place => new[] { (byte)place, (byte)(place >> 8), (byte)7 })]);

        var squares = PictureSquare.Covering(picture).ToList();

        Assert.Equal(expected, squares.Count);
        Assert.All(squares, square => Assert.Equal((Math.Min(width, height), Math.Min(width, height)), (square.Width, square.Height)));
        Assert.Equal(Enumerable.Range(0, width * height), squares.SelectMany(Places).Distinct().Order());
    }

    private static IEnumerable<int> Places(Picture picture) => picture.Rgb.ToArray().Chunk(Picture.Channels).Select(pixel => pixel[0] + (pixel[1] << 8));
}
