using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.StableDiffusion;

/// <summary>Stable Diffusion 1 and 2 (diffusers' StableDiffusionPipeline): a picture from text and noise, by way of latents.</summary>
internal sealed class StableDiffusionStage(LatentDiffusion diffusion) : IStage
{
    /// <summary>diffusers' defaults.</summary>
    private static readonly StageSettings Usual = new() { Steps = 50, Guidance = 7.5 };

    public string Dtype => diffusion.Dtype;

    public int Size => SizeOf(diffusion.Configs);

    /// <summary>Height and width of the pictures.</summary>
    public static int SizeOf(LatentConfigs configs) => configs.UNet.SampleSize!.Value * configs.Autoencoder.Factor;

    /// <inheritdoc cref="IStage.Plan"/>
    public static StagePlan Plan(StageSettings settings, LatentConfigs configs) => configs.Plan(settings, Usual, Adjusted);

    public StagePlan Plan(StageSettings settings) => Plan(settings, diffusion.Configs);

    public Tensor Draw(IReadOnlyList<StageRow> rows, Tensor? pictures, Action<StageStep> stepped)
    {
        if (pictures is not null) throw new CascadeException("A StableDiffusionPipeline stage begins with noise; it must be the cascade's first.");
        return diffusion.Draw(rows, PictureSize.Square(diffusion.Configs.UNet.SampleSize!.Value), low: null, stepped);
    }

    public void Dispose() => diffusion.Dispose();

    /// <summary>diffusers' pipeline overrules what a scheduler's file says about these two, because early files were wrong.</summary>
    private static SchedulerConfig Adjusted(SchedulerConfig scheduler) => scheduler with { StepsOffset = 1, ClipSample = false };
}
