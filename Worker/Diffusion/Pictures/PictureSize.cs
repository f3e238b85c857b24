namespace RenderFarm.Diffusion.Pictures;

/// <summary>Width and height, in pixels.</summary>
internal readonly record struct PictureSize(int Width, int Height)
{
    public long Pixels => (long)Width * Height;

    public static PictureSize Square(int side) => new(side, side);

    public override string ToString() => FormattableString.Invariant($"{Width} x {Height}");
}
