using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.StableDiffusion;

/// <summary>How an upscaler puts noise on the smaller picture.</summary>
/// <param name="Scheduler">Whose noise levels these are.</param>
/// <param name="Levels">How many of them may be asked for.</param>
/// <param name="Sha256">Of the scheduler's configuration file.</param>
internal sealed record UpscaleNoising(SchedulerConfig Scheduler, int Levels, string Sha256)
{
    /// <summary>Noise level up to which the published upscaler was trained; holds where model_index.json does not say.</summary>
    private const int UsualMost = 350;

    /// <summary>Reads <c>low_res_scheduler/</c> of a stage.</summary>
    /// <param name="index">The stage.</param>
    /// <param name="known">How many levels the network knows, where they are a table.</param>
    public static UpscaleNoising Of(ModelIndex index, int? known)
    {
        var reader = SchedulerConfigReader.Open(Path.Combine(index.PathOf("low_res_scheduler"), "scheduler_config.json"));
        var scheduler = reader.Read(null);
        var levels = Math.Min((index.MaxNoiseLevel ?? UsualMost) + 1, Math.Min(scheduler.TrainTimesteps, known ?? int.MaxValue));
        return new UpscaleNoising(scheduler, levels, reader.Sha256);
    }
}
