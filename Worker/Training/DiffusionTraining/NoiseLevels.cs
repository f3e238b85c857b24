namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// Noise levels of the low-resolution picture in training (noise conditioning augmentation; Saharia et al. 2022, section 2.4, draws them evenly).
/// Ours lean to the low end, where sampling is: with even levels of 0 to 400 a small upscaler spends itself on pictures too noisy to show
/// an outline, and draws the outlines of clear ones uneven.
/// </summary>
internal static class NoiseLevels
{
    private const double Lean = 3; // half of the levels are in the lowest eighth

    /// <summary>A level of 0 to <paramref name="largest"/>: the range times the cube of an even draw from 0 to 1.</summary>
    public static int Draw(Random random, int largest) => (int)((largest + 1) * Math.Pow(random.NextDouble(), Lean));
}
