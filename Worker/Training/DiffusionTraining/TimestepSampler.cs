namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// Training timesteps: a share of them from a normal distribution over log SNR, where the picture's content is decided, the rest uniform
/// and stratified over the batch. Log SNR = ln(ᾱ / (1 − ᾱ)).
/// </summary>
internal sealed class TimestepSampler
{
    private readonly double[] _logSnr; // descending
    private readonly double _share;
    private readonly double _mean;
    private readonly double _deviation;

    public TimestepSampler(IReadOnlyList<double> alphaBar, double share, double mean, double deviation)
    {
        _logSnr = [.. alphaBar.Select(a => Math.Log(a / (1 - a)))];
        (_share, _mean, _deviation) = (share, mean, deviation);
    }

    /// <summary>A timestep for example <paramref name="index"/> of <paramref name="count"/>.</summary>
    public int Draw(Random random, int index, int count)
    {
        if (random.NextDouble() >= _share)
        {
            return Math.Min(_logSnr.Length - 1, (int)((index + random.NextDouble()) / count * _logSnr.Length));
        }
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Nearest(_mean + _deviation * normal);
    }

    private int Nearest(double logSnr)
    {
        var (low, high) = (0, _logSnr.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_logSnr[middle] > logSnr) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
