namespace RenderFarm.Training.Evaluation;

/// <summary>How deep pixels lie inside a mask.</summary>
internal static class Distances
{
    /// <summary>
    /// For each pixel of the judged picture the chessboard distance to the nearest one outside the mask: 0 outside, 1 on the mask's
    /// rim. The picture's border is no rim. Two passes (Rosenfeld and Pfaltz 1966).
    /// </summary>
    public static int[] ToOutside(bool[] mask)
    {
        const int Side = JudgedImage.Side;
        var distances = new int[mask.Length];
        for (var i = 0; i < mask.Length; i++)
            distances[i] = mask[i] ? Math.Min(Side, Least(distances, i, -1) + 1) : 0;
        for (var i = mask.Length - 1; i >= 0; i--)
            distances[i] = Math.Min(distances[i], Least(distances, i, 1) + 1);
        return distances;
    }

    /// <summary>The least value among the four neighbours already passed: the row before (or after) and the pixel before (or after).</summary>
    private static int Least(int[] distances, int index, int direction)
    {
        const int Side = JudgedImage.Side;
        var (x, y) = (index % Side, index / Side);
        var least = Side;
        if ((uint)(x + direction) < Side)
            least = distances[index + direction];
        if ((uint)(y + direction) >= Side)
            return least;
        var row = index + (direction * Side);
        least = Math.Min(least, distances[row]);
        if (x > 0)
            least = Math.Min(least, distances[row - 1]);
        return x < Side - 1 ? Math.Min(least, distances[row + 1]) : least;
    }
}
