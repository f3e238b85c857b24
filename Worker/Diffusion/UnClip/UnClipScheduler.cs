using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>The scheduler of one of unCLIP's three parts.</summary>
/// <param name="Config">How it samples.</param>
/// <param name="Sha256">Of its file.</param>
/// <param name="StepsKey">The setting that says how many steps it takes.</param>
internal sealed record UnClipScheduler(SchedulerConfig Config, string Sha256, string StepsKey)
{
    /// <exception cref="InvalidDataException">The file is another scheduler's, or asks for what there is no code for.</exception>
    public static UnClipScheduler Load(string path, string stepsKey)
    {
        var reader = SchedulerConfigReader.Open(path);
        return new UnClipScheduler(reader.ReadUnClip(), reader.Sha256, stepsKey);
    }

    /// <summary>The training steps that are sampled, descending.</summary>
    /// <exception cref="SettingsException">There is no such number of steps.</exception>
    public int[] Timesteps(int steps) => Sampling.Timesteps.SpreadToEnds(Config, steps, StepsKey);
}
