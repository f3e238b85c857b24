using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DeepFloyd;

/// <summary>
/// What IF's stages have in common: a U-Net on pixels, conditioned on T5's states, guided and sampled. Only the super-resolution stages add
/// something to the network's input (<see cref="LowResolution"/>).
/// </summary>
internal sealed class PixelDiffusion : IDisposable
{
    private readonly UNet2DCondition _unet;
    private readonly ITextStates _text;
    private readonly SchedulerConfigReader _scheduler;

    private PixelDiffusion(UNet2DCondition unet, ITextStates text, SchedulerConfigReader scheduler, string sha256) =>
        (_unet, _text, _scheduler, WeightsSha256) = (unet, text, scheduler, sha256);

    /// <inheritdoc cref="IStage.Size"/>
    public int Size => _unet.Config.SampleSize!.Value;

    /// <summary>SHA-256 of the network's weights as they were loaded; see <see cref="WeightsFolder.Sha256"/>.</summary>
    public string WeightsSha256 { get; }

    public Device Device => _unet.Placement.Device;

    public string Dtype => DtypeChoice.NameOf(_unet.Placement.Dtype);

    /// <summary>Reads <c>unet/</c> and <c>scheduler/</c> of a stage.</summary>
    /// <param name="index">The stage.</param>
    /// <param name="text">Stays the caller's.</param>
    /// <param name="placement">The U-Net's.</param>
    /// <param name="takesPicture">Whether the network's input holds a low-resolution picture beside the noisy one.</param>
    public static PixelDiffusion Load(ModelIndex index, ITextStates text, Placement placement, bool takesPicture)
    {
        var path = index.UNetPath;
        var config = UNetConfig.Load(path);
        var scheduler = index.OpenScheduler();
        Check(config, scheduler.Read(null), path, takesPicture);
        using var weights = WeightsFolder.Open(index.PathOf("unet"), preferHalf: placement.Dtype == ScalarType.Float16);
        var unet = WeightsLoader.Build(weights, place => new UNet2DCondition(config, place), placement);
        return new PixelDiffusion(unet, text, scheduler, weights.Sha256());
    }

    /// <exception cref="CascadeException">Network and scheduler do not make such a stage.</exception>
    public static void Check(UNetConfig config, SchedulerConfig scheduler, string path, bool takesPicture)
    {
        var input = takesPicture ? 2 * Picture.Channels : Picture.Channels;
        if (config.SampleSize is not > 0)
        {
            throw new CascadeException($"{path}: sample_size is missing; expected the pictures' height and width.");
        }
        if (config.SampleSize % config.SizeMultiple != 0)
        {
            throw new CascadeException($"{path}: sample_size is {config.SampleSize}; expected a multiple of {config.SizeMultiple}.");
        }
        if (config.InChannels != input)
        {
            throw new CascadeException($"{path}: in_channels is {config.InChannels}; a stage of this kind has {input}.");
        }
        if (config.ClassEmbedType != (takesPicture ? ClassEmbedType.Timestep : null))
        {
            throw new CascadeException(
                $"{path}: class_embed_type is {config.ClassEmbedType?.ToString() ?? "null"}; a stage of this kind has {(takesPicture ? "\"timestep\"" : "null")}.");
        }
        if (config is { ClassEmbedType: null, NumClassEmbeds: { } levels })
        {
            throw new CascadeException($"{path}: num_class_embeds is {levels}; a stage of this kind has null.");
        }
        if (config.OutChannels != 2 * Picture.Channels && (config.OutChannels != Picture.Channels || scheduler.LearnsVariance))
        {
            throw new CascadeException(
                $"{path}: out_channels is {config.OutChannels}; with the scheduler's variance_type {scheduler.Variance} it must be {2 * Picture.Channels}{(scheduler.LearnsVariance ? "" : $" or {Picture.Channels}")}.");
        }
    }

    /// <inheritdoc cref="IStage.Plan"/>
    public DiffusionPlan Plan(StageSettings settings, StageSettings usual) => Plan(settings, usual, _scheduler, _unet.Config);

    /// <summary>As the other, before there is a network.</summary>
    public static DiffusionPlan Plan(StageSettings settings, StageSettings usual, SchedulerConfigReader scheduler, UNetConfig network)
    {
        var plan = DiffusionPlan.Resolve(settings, usual, scheduler) with { Canvas = new(network.SampleSize!.Value, network.SizeMultiple) };
        if (!plan.Scheduler.LearnsVariance || network.OutChannels == 2 * Picture.Channels) return plan;
        throw new SettingsException(
            $"sampler is '{SamplerName.Of(plan.Scheduler)}', which with the scheduler's variance_type {plan.Scheduler.Variance} takes {2 * Picture.Channels} channels from the network; " +
            $"its out_channels is {network.OutChannels}. Choose another sampler: {string.Join(", ", SamplerName.All.Where(name => name != SamplerName.Of(plan.Scheduler)))}.");
    }

    /// <summary>What the pictures of a batch have in common.</summary>
    public PictureSize SizeOf(IReadOnlyList<StageRow> rows) => rows[0].Plan.Size ?? PictureSize.Square(Size);

    /// <inheritdoc cref="IStage.Draw"/>
    /// <param name="rows">B pictures.</param>
    /// <param name="condition">Made after the first noise is drawn; null for stages that begin with noise alone.</param>
    /// <param name="stepped">After each step.</param>
    public Tensor Draw(IReadOnlyList<StageRow> rows, Func<IReadOnlyList<PictureNoise>, LowResolution>? condition, Action<StageStep> stepped)
    {
        using var scope = NewDisposeScope();
        var generators = rows.Select(row => row.Noise).ToList();
        var size = SizeOf(rows);
        var noise = PictureNoise.Draw(generators, [Picture.Channels, size.Height, size.Width], Device);
        var pictures = GuidedSampling.Run(_unet, _text, rows, noise, StartTensors.Of(rows, size, Device), condition?.Invoke(generators), static clean => clean.cpu(), stepped);
        return pictures.cpu().MoveToOuterDisposeScope();
    }

    public void Dispose() => _unet.Dispose();
}
