namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>A square picture to be judged.</summary>
public sealed record RgbPicture
{
    /// <param name="side">Width and height in pixels.</param>
    /// <param name="pixels">RGB bytes, rows from the top: [side, side, 3].</param>
    /// <exception cref="ArgumentException">The bytes are not those of a square RGB picture of that side.</exception>
    public RgbPicture(int side, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (side < 8 || pixels.Length != side * side * 3)
            throw new ArgumentException($"A picture of {side}x{side} RGB pixels (8x8 or more) takes {side * side * 3} bytes; {pixels.Length} were given.");
        (Side, Pixels) = (side, pixels);
    }

    /// <summary>Width and height in pixels.</summary>
    public int Side { get; }

    /// <summary>RGB bytes, rows from the top: [Side, Side, 3].</summary>
    public byte[] Pixels { get; }
}
