namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>Order statistics.</summary>
internal static class Percentiles
{
    /// <summary>The value below which this share of the values lies, interpolated between ranks; NaN of nothing.</summary>
    public static double Of(IReadOnlyCollection<double> values, double share)
    {
        if (values.Count == 0)
            return double.NaN;
        var sorted = values.Order().ToArray();
        var rank = share * (sorted.Length - 1);
        var below = (int)rank;
        return sorted[below] + ((rank - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
    }
}
