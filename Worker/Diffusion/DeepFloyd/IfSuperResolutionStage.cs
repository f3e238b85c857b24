using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DeepFloyd;

/// <summary>
/// DeepFloyd IF's second stage (diffusers' IFSuperResolutionPipeline): a larger picture from a small one. The small one is enlarged and,
/// once per picture, given noise of a level the network is told (noise conditioning augmentation, Ho et al. 2021).
/// </summary>
internal sealed class IfSuperResolutionStage(PixelDiffusion diffusion, NoiseSchedule noising, string noisingSha256) : IStage
{
    /// <summary>diffusers' defaults.</summary>
    internal static readonly StageSettings Usual = new() { Steps = 50, Guidance = 4, NoiseLevel = 250, Strength = 0.8 };

    public string Dtype => diffusion.Dtype;

    public int Size => diffusion.Size;

    /// <inheritdoc cref="PixelDiffusion.WeightsSha256"/>
    public string WeightsSha256 => diffusion.WeightsSha256;

    public static IfSuperResolutionStage Load(ModelIndex index, ITextStates text, Placement placement)
    {
        var noising = NoisingOf(index);
        return new IfSuperResolutionStage(PixelDiffusion.Load(index, text, placement, takesPicture: true), new NoiseSchedule(noising.Read(null)), noising.Sha256);
    }

    /// <summary>The scheduler that puts noise on the smaller picture.</summary>
    public static SchedulerConfigReader NoisingOf(ModelIndex index) =>
        SchedulerConfigReader.Open(Path.Combine(index.PathOf("image_noising_scheduler"), "scheduler_config.json"));

    /// <summary>The plan with what puts the noise on the smaller picture.</summary>
    /// <param name="plan">Without it.</param>
    /// <param name="count">How many noise levels there are.</param>
    /// <param name="sha256">Of that scheduler's file.</param>
    /// <exception cref="SettingsException">There is no such noise level.</exception>
    public static DiffusionPlan WithNoising(DiffusionPlan plan, int count, string sha256) => plan.NoiseLevel < count
        ? plan with { NoisingSha256 = sha256 }
        : throw new SettingsException($"noise_level is {plan.NoiseLevel}; expected 0 to {count - 1}.");

    public StagePlan Plan(StageSettings settings) => WithNoising(diffusion.Plan(settings, Usual), noising.Count, noisingSha256);

    public Tensor Draw(IReadOnlyList<StageRow> rows, Tensor? pictures, Action<StageStep> stepped)
    {
        if (pictures is null)
        {
            throw new CascadeException("An IFSuperResolutionPipeline stage enlarges a picture; it cannot be the cascade's first.");
        }
        return diffusion.Draw(rows, generators => Enlarge(rows, pictures, generators), stepped);
    }

    public void Dispose() => diffusion.Dispose();

    private LowResolution Enlarge(IReadOnlyList<StageRow> rows, Tensor pictures, IReadOnlyList<PictureNoise> generators)
    {
        using var scope = NewDisposeScope();
        var levels = rows.Select(row => ((DiffusionPlan)row.Plan).NoiseLevel!.Value).ToList();
        var size = diffusion.SizeOf(rows);
        var enlarged = nn.functional.interpolate(pictures.to(diffusion.Device), [size.Height, size.Width], mode: InterpolationMode.Bilinear, align_corners: true);
        var noise = PictureNoise.Draw(generators, enlarged.shape.AsSpan(1), diffusion.Device);
        var noised = noising.AddNoise(enlarged, noise, levels);
        var told = tensor(levels.Select(level => (long)level).ToArray(), device: diffusion.Device);
        return new LowResolution(noised.MoveToOuterDisposeScope(), told.MoveToOuterDisposeScope(), ScaledWithSample: true);
    }
}
