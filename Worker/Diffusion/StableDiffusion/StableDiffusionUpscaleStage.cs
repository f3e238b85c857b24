using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.StableDiffusion;

/// <summary>
/// Stable Diffusion's upscaler (diffusers' StableDiffusionUpscalePipeline): a larger picture from a small one, by way of latents of the small
/// one's height and width. The small one is given noise of a level the network is told, and shown beside the latents.
/// </summary>
internal sealed class StableDiffusionUpscaleStage(LatentDiffusion diffusion, int sizeBefore, UpscaleNoising noising) : IStage
{
    /// <summary>What the pipeline divides latents by, whatever the autoencoder's file says.</summary>
    public const double ScalingFactor = 0.08333;

    /// <summary>diffusers' defaults.</summary>
    private static readonly StageSettings Usual = new() { Steps = 75, Guidance = 9, NoiseLevel = 20 };

    private readonly NoiseSchedule _schedule = new(noising.Scheduler);

    public string Dtype => diffusion.Dtype;

    public int Size => sizeBefore * diffusion.Configs.Autoencoder.Factor;

    /// <inheritdoc cref="IStage.Plan"/>
    public static StagePlan Plan(StageSettings settings, LatentConfigs configs, UpscaleNoising noising)
    {
        var plan = configs.Plan(settings, Usual);
        return plan.NoiseLevel < noising.Levels
            ? plan with { NoisingSha256 = noising.Sha256, Enlargement = new(configs.Autoencoder.Factor, configs.UNet.SizeMultiple) }
            : throw new SettingsException($"noise_level is {plan.NoiseLevel}; expected 0 to {noising.Levels - 1}.");
    }

    public StagePlan Plan(StageSettings settings) => Plan(settings, diffusion.Configs, noising);

    public Tensor Draw(IReadOnlyList<StageRow> rows, Tensor? pictures, Action<StageStep> stepped)
    {
        if (pictures is null) throw new CascadeException("A StableDiffusionUpscalePipeline stage enlarges a picture; it cannot be the cascade's first.");
        using var scope = NewDisposeScope();
        return diffusion.Draw(rows, new PictureSize((int)pictures.shape[3], (int)pictures.shape[2]), Noised(rows, pictures), stepped).MoveToOuterDisposeScope();
    }

    public void Dispose() => diffusion.Dispose();

    private LowResolution Noised(IReadOnlyList<StageRow> rows, Tensor pictures)
    {
        using var scope = NewDisposeScope();
        var levels = rows.Select(row => ((DiffusionPlan)row.Plan).NoiseLevel!.Value).ToList();
        var noise = PictureNoise.Draw([.. rows.Select(row => row.Noise)], pictures.shape.AsSpan(1), diffusion.Device);
        var noised = _schedule.AddNoise(pictures.to(diffusion.Device), noise, levels);
        var told = tensor(levels.Select(level => (long)level).ToArray(), device: diffusion.Device);
        return new LowResolution(noised.MoveToOuterDisposeScope(), told.MoveToOuterDisposeScope(), ScaledWithSample: false);
    }
}
