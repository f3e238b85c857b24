namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>How deep pixels lie inside a mask.</summary>
internal static class Distances
{
    /// <summary>
    /// For each pixel of the judged picture the chessboard distance to the nearest one outside the mask: 0 outside, 1 on the mask's
    /// rim. The picture's border is no rim. Two passes (Rosenfeld and Pfaltz 1966).
    /// </summary>
    /// <param name="mask">Pixels inside, [Side * Side].</param>
    /// <param name="box">A rectangle around them, right and bottom exclusive.</param>
    public static int[] ToOutside(bool[] mask, (int Left, int Top, int Right, int Bottom) box)
    {
        const int Side = JudgedImage.Side;
        var distances = new int[mask.Length];
        for (var y = box.Top; y < box.Bottom; y++)
            for (var x = box.Left; x < box.Right; x++)
                distances[(y * Side) + x] = mask[(y * Side) + x] ? Least(distances, x, y, -1) + 1 : 0;
        for (var y = box.Bottom - 1; y >= box.Top; y--)
            for (var x = box.Right - 1; x >= box.Left; x--)
                distances[(y * Side) + x] = Math.Min(distances[(y * Side) + x], Least(distances, x, y, 1) + 1);
        return distances;
    }

    /// <summary>The least value among the four neighbours already passed: the row before (or after) and the pixel before (or after).</summary>
    private static int Least(int[] distances, int x, int y, int direction)
    {
        const int Side = JudgedImage.Side;
        var least = (uint)(x + direction) < Side ? distances[(y * Side) + x + direction] : Side;
        if ((uint)(y + direction) >= Side)
            return least;
        var row = ((y + direction) * Side) + x;
        least = Math.Min(least, distances[row]);
        if (x > 0)
            least = Math.Min(least, distances[row - 1]);
        return x < Side - 1 ? Math.Min(least, distances[row + 1]) : least;
    }
}
