namespace RenderFarm.Diffusion.Sampling;

/// <summary>Which of the training steps are sampled, from the noisiest down. Rounding is to even, as NumPy's.</summary>
internal static class Timesteps
{
    /// <summary>N steps as DDPM and DDIM spread them.</summary>
    public static int[] Spread(SchedulerConfig config, int count) => [.. SpreadExactly(config, count).Select(Round)];

    /// <summary>
    /// N steps as Euler's sampler spreads them: evenly, without rounding to whole training steps where the spacing is linspace.
    /// </summary>
    public static double[] SpreadExactly(SchedulerConfig config, int count)
    {
        CheckCount(config, count);
        var total = config.TrainTimesteps;
        return Checked(config, count, config.Spacing switch
        {
            TimestepSpacing.Leading => Descending(count, index => (double)(total / count) * index + config.StepsOffset),
            TimestepSpacing.Trailing => Trailing(total, (double)total / count),
            _ => Descending(count, index => count == 1 ? 0 : (double)(float)((total - 1.0) * index / (count - 1))),
        });
    }

    /// <summary>
    /// N steps as DPM-Solver++ spreads them: one more than N, the last dropped, over the training steps that are left after those with too
    /// little signal are clipped away.
    /// </summary>
    public static int[] SpreadForSolver(SchedulerConfig config, NoiseSchedule schedule, int count)
    {
        CheckCount(config, count);
        var last = Enumerable.Range(0, schedule.Count).Count(step => (float)schedule.Lambda(step) >= config.LambdaMinClipped);
        var spread = config.Spacing switch
        {
            TimestepSpacing.Leading => Descending(count + 1, index => (double)(last / (count + 1)) * index)[..^1].Select(step => step + config.StepsOffset),
            TimestepSpacing.Trailing => Trailing(last, (double)config.TrainTimesteps / count),
            _ => Descending(count + 1, index => (last - 1.0) * index / count)[..^1],
        };
        return [.. Checked(config, count, [.. spread.Select(step => (double)Round(step))]).Select(Round)];
    }

    /// <summary>N steps as unCLIP spreads them: evenly, both the noisiest and the least noisy level among them.</summary>
    /// <param name="config">The scheduler's.</param>
    /// <param name="count">N, at least 2.</param>
    /// <param name="key">The setting it is from, for messages.</param>
    public static int[] SpreadToEnds(SchedulerConfig config, int count, string key)
    {
        if (count < 2 || count > config.TrainTimesteps)
            throw new SettingsException($"{key} is {count}; expected 2 to {config.TrainTimesteps}, the number of noise levels the model was trained with.");
        var stride = (config.TrainTimesteps - 1.0) / (count - 1);
        return [.. Descending(count, index => index * stride).Select(Round)];
    }

    /// <summary>Checks a list that the caller gives.</summary>
    public static int[] Custom(SchedulerConfig config, IReadOnlyList<int> steps)
    {
        if (steps.Count == 0) throw new SettingsException("The list of timesteps is empty; give at least one.");
        for (var index = 0; index < steps.Count; index++)
        {
            if (steps[index] < 0 || steps[index] >= config.TrainTimesteps)
            {
                throw new SettingsException(
                    $"Timestep {steps[index]} is outside 0 to {config.TrainTimesteps - 1}, the noise levels the model was trained with.");
            }
            if (index > 0 && steps[index] >= steps[index - 1])
            {
                throw new SettingsException($"Timesteps must descend, but {steps[index]} follows {steps[index - 1]}.");
            }
        }
        return [.. steps];
    }

    private static void CheckCount(SchedulerConfig config, int count)
    {
        if (count >= 1 && count <= config.TrainTimesteps) return;
        throw new SettingsException(
            $"steps is {count}; expected 1 to {config.TrainTimesteps}, the number of noise levels the model was trained with.");
    }

    /// <summary>
    /// A noise level sampled twice divides by zero in DPM-Solver++, and one that was never trained has no ᾱ; diffusers goes on with either.
    /// </summary>
    private static double[] Checked(SchedulerConfig config, int count, double[] steps)
    {
        for (var index = 0; index < steps.Length; index++)
        {
            var fault = steps[index] < 0 || steps[index] > config.TrainTimesteps - 1
                ? $"outside 0 to {config.TrainTimesteps - 1}, the noise levels the model was trained with"
                : index > 0 && steps[index] >= steps[index - 1] ? "twice" : null;
            if (fault is null) continue;
            throw new SettingsException(
                $"steps is {count}, which the scheduler (timestep_spacing {config.Spacing}, steps_offset {config.StepsOffset}, lambda_min_clipped {config.LambdaMinClipped}) " +
                $"would spread so that noise level {steps[index]} is sampled {fault}; take fewer steps, at most {config.TrainTimesteps - 1}.");
        }
        return steps;
    }

    private static double[] Descending(int count, Func<int, double> at) => [.. Enumerable.Range(0, count).Reverse().Select(at)];

    /// <summary>
    /// round(arange(last, 0, −stride)) − 1. Where the quotient is a whole number but for its last bits, NumPy's arange has one number more, a
    /// timestep of −1; that one is not taken.
    /// </summary>
    private static double[] Trailing(int last, double stride) =>
        [.. Enumerable.Range(0, (int)Math.Ceiling(Math.Round(last / stride, digits: 9))).Select(index => Math.Round(last - index * stride, MidpointRounding.ToEven) - 1)];

    private static int Round(double step) => (int)Math.Round(step, MidpointRounding.ToEven);
}
