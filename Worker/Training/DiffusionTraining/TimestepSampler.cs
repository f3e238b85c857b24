namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// Training timesteps: a share of them from the noisiest end, where it is decided what goes where, a share from a normal distribution over log SNR,
/// where outlines are, the rest uniform and stratified over the batch. Log SNR = ln(ᾱ / (1 − ᾱ)).
/// </summary>
internal sealed class TimestepSampler
{
    private const double NoisyEnd = 0.15; // of all timesteps

    private readonly double[] _logSnr; // descending
    private readonly TimestepFocus _focus;

    public TimestepSampler(IReadOnlyList<double> alphaBar, TimestepFocus focus)
    {
        _logSnr = [.. alphaBar.Select(a => Math.Log(a / (1 - a)))];
        _focus = focus;
    }

    /// <summary>A timestep for example <paramref name="index"/> of <paramref name="count"/>.</summary>
    public int Draw(Random random, int index, int count)
    {
        var kind = random.NextDouble();
        if (kind < _focus.NoisyShare) return At(1 - NoisyEnd * random.NextDouble());
        if (kind >= _focus.NoisyShare + _focus.Share) return At((index + random.NextDouble()) / count);
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Nearest(_focus.LogSnr + _focus.Deviation * normal);
    }

    private int At(double part) => Math.Min(_logSnr.Length - 1, (int)(part * _logSnr.Length));

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
