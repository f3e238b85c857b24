namespace RenderFarm.Training.Optimization;

/// <summary>Linear warm-up to <paramref name="Peak"/>, then a half cosine down to <paramref name="Final"/>.</summary>
/// <param name="Peak">Highest rate.</param>
/// <param name="WarmUpSteps">Steps of the linear rise.</param>
/// <param name="TotalSteps">Step at which the cosine ends.</param>
/// <param name="Final">Rate at the end and after it.</param>
public sealed record LearningRate(double Peak, long WarmUpSteps, long TotalSteps, double Final = 0)
{
    /// <summary>The rate of step <paramref name="step"/>, the first being 0.</summary>
    public double At(long step)
    {
        if (step < WarmUpSteps) return Peak * (step + 1) / WarmUpSteps;
        var done = Math.Clamp((double)(step - WarmUpSteps) / Math.Max(1, TotalSteps - WarmUpSteps), 0, 1);
        return Final + (Peak - Final) * 0.5 * (1 + Math.Cos(Math.PI * done));
    }
}
