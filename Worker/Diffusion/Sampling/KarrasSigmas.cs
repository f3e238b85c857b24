namespace RenderFarm.Diffusion.Sampling;

/// <summary>Noise levels spaced as Karras et al. 2022, equation 5, with ρ = 7.</summary>
internal static class KarrasSigmas
{
    private const double Rho = 7;

    /// <returns><paramref name="count"/> levels from <paramref name="most"/> down to <paramref name="least"/>.</returns>
    public static double[] Spread(double most, double least, int count)
    {
        var (top, bottom) = (Math.Pow(most, 1 / Rho), Math.Pow(least, 1 / Rho));
        return [.. Enumerable.Range(0, count).Select(index => Math.Pow(top + (count == 1 ? 0 : index / (count - 1.0)) * (bottom - top), Rho))];
    }

    /// <summary>
    /// The training step, with fraction, at which the noise is <paramref name="sigma"/>: linear in ln σ between neighbours.
    /// </summary>
    public static double TimestepOf(double sigma, double[] logSigmas)
    {
        var log = Math.Log(Math.Max(sigma, 1e-10));
        var low = Math.Clamp(Array.FindLastIndex(logSigmas, known => log - known >= 0), 0, logSigmas.Length - 2);
        var weight = Math.Clamp((logSigmas[low] - log) / (logSigmas[low] - logSigmas[low + 1]), 0, 1);
        return (1 - weight) * low + weight * (low + 1);
    }

    /// <summary>ln σ of every training step, in float32: timesteps are truncated, so the last bit matters.</summary>
    public static double[] Logs(NoiseSchedule schedule) =>
        [.. Enumerable.Range(0, schedule.Count).Select(step => (double)MathF.Log((float)schedule.Sigma(step)))];

    /// <summary>σ at a training step with fraction, linear between neighbours.</summary>
    public static double At(NoiseSchedule schedule, double timestep)
    {
        var low = Math.Clamp((int)Math.Floor(timestep), 0, schedule.Count - 1);
        var high = Math.Min(low + 1, schedule.Count - 1);
        return schedule.Sigma(low) + (timestep - low) * (schedule.Sigma(high) - schedule.Sigma(low));
    }
}
