using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Networks;

/// <summary>
/// The denoising network in diffusers' layout: of an Imagen-style cascade (Saharia et al. 2022), as DeepFloyd IF's stages I and II use it, or of
/// latent diffusion (Rombach et al. 2022), as Stable Diffusion and its upscaler do, or of unCLIP (Ramesh et al. 2022), whose decoder it is.
/// <see cref="forward"/> computes everything and can be differentiated; <see cref="Prepare"/> and <see cref="Denoise"/> split the same work into
/// what is done once and what is done per step.
/// </summary>
internal sealed partial class UNet2DCondition : nn.Module<Tensor, Tensor, Tensor, Tensor?, Tensor>
{
    private const long Kernel = 3;

    private readonly ResnetBlock2D[] _allResnets;
    private readonly ITextLayer[] _allTextLayers;
    private readonly IUpsampling[] _allUpsamplings;

    [ComponentName(Name = "conv_in")]
    private readonly Conv2d _input;

    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding _timeEmbedding;

    [ComponentName(Name = "class_embedding")]
    private readonly nn.Module<Tensor, Tensor>? _noiseLevelEmbedding;

    [ComponentName(Name = "add_embedding")]
    private readonly TextTimeEmbedding? _textEmbedding;

    [ComponentName(Name = "encoder_hid_proj")]
    private readonly Linear? _textProjection;

    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<DownBlock2D> _down = [];

    [ComponentName(Name = "mid_block")]
    private readonly MidBlock2D _middle;

    [ComponentName(Name = "up_blocks")]
    private readonly ModuleList<UpBlock2D> _up = [];

    [ComponentName(Name = "conv_norm_out")]
    private readonly GroupNorm _outputNorm;

    [ComponentName(Name = "conv_out")]
    private readonly Conv2d _output;

    public UNet2DCondition(UNetConfig config, Placement placement) : base(nameof(UNet2DCondition))
    {
        Config = config;
        Placement = placement;
        var top = config.BlockOutChannels[0];
        _input = new Conv2d(config.InChannels, top, Kernel, placement);
        _timeEmbedding = new TimestepEmbedding(config, placement);
        _noiseLevelEmbedding = NoiseLevelEmbedding(config, placement);
        _textEmbedding = config.AdditionEmbedType is null ? null : new TextTimeEmbedding(config, placement);
        _textProjection = config.EncoderHidDim is { } width ? new Linear(width, config.CrossAttentionDim, placement) : null;
        for (var level = 0; level < config.Levels; level++) _down.Add(new DownBlock2D(config, level, placement));
        _middle = new MidBlock2D(config, placement);
        for (var index = 0; index < config.Levels; index++) _up.Add(new UpBlock2D(config, index, placement));
        _outputNorm = new GroupNorm(config.NormNumGroups, top, config.NormEps, placement);
        _output = new Conv2d(top, config.OutChannels, Kernel, placement);
        RegisterComponents();
        _allResnets = [.. modules().OfType<ResnetBlock2D>()];
        _allTextLayers = [.. modules().OfType<ITextLayer>().Where(layer => layer.SeesText)];
        _allUpsamplings = [.. modules().OfType<IUpsampling>()];
    }

    /// <summary>What the network was built from.</summary>
    public UNetConfig Config { get; }

    /// <summary>Where its parameters live.</summary>
    public Placement Placement { get; }

    /// <param name="sample">noisy picture or latents, and for super-resolution the smaller picture behind it [B, C, H, W]</param>
    /// <param name="timesteps">[B]</param>
    /// <param name="text">the text encoder's states [B, L, D]</param>
    /// <param name="label">timestep of the noise in the smaller picture [B], or a vector [B, E], where the network takes one; else null</param>
    /// <returns>[B, out, H, W]</returns>
    public override Tensor forward(Tensor sample, Tensor timesteps, Tensor text, Tensor? label)
    {
        CheckText(text, label);
        if (timesteps.dim() != 1 || timesteps.shape[0] != text.shape[0])
            throw new ArgumentException($"timesteps are [{string.Join(", ", timesteps.shape)}]; expected one for each of {text.shape[0]} texts.");
        CheckSample(sample, text.shape[0]);
        using var scope = NewDisposeScope();
        var embedding = Activated(_timeEmbedding.call(timesteps).Plus(Constant(text, label)));
        var conditions = new Conditions(_allResnets.ToDictionary(block => block, block => block.Modulation(embedding)), Texts(text), new Dictionary<IUpsampling, Tensor>());
        return Run(sample, conditions).MoveToOuterDisposeScope();
    }

    /// <summary>Computes all that does not depend on the picture.</summary>
    /// <param name="text">the text encoder's states [B, L, D]</param>
    /// <param name="timesteps">one per step, the same for the whole batch</param>
    /// <param name="label">as for <see cref="forward"/></param>
    /// <param name="textBias">what is added to the scores of attention to the text [B, L], where not all of it is to be seen; null for nothing</param>
    public UNetPrompt Prepare(Tensor text, IReadOnlyList<double> timesteps, Tensor? label, Tensor? textBias = null)
    {
        CheckText(text, label);
        CheckBias(text, textBias);
        using var scope = NewDisposeScope();
        var steps = tensor(timesteps.Select(t => (float)t).ToArray(), device: Placement.Device);
        var perStep = _timeEmbedding.call(steps).unsqueeze(1); // [S, 1, D]
        var embedding = Activated(perStep.Plus(Constant(text, label))).expand(timesteps.Count, text.shape[0], -1); // [S, B, D]
        var modulations = _allResnets.ToDictionary(block => block, block => block.Modulation(embedding));
        return new UNetPrompt(timesteps.Count, text.shape[0], modulations, Texts(text), UpsamplingSums(), textBias?.to(Placement.Device).to(Placement.Dtype, copy: true));
    }

    /// <summary>One step with what <see cref="Prepare"/> computed; the same as <see cref="forward"/> with that step's timestep.</summary>
    /// <param name="sample">[B, C, H, W]</param>
    /// <param name="prepared">of this network's <see cref="Prepare"/></param>
    /// <param name="step">index into the timesteps given there</param>
    /// <returns>[B, out, H, W]</returns>
    public Tensor Denoise(Tensor sample, UNetPrompt prepared, int step)
    {
        CheckSample(sample, prepared.Batch);
        using var scope = NewDisposeScope();
        return Run(sample, prepared.At(step)).MoveToOuterDisposeScope();
    }

    private Tensor Run(Tensor sample, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var hidden = _input.call(Features.ChannelsLast(sample.to(Placement.Dtype)));
        hidden = LevelPasses.Run(_down, _middle, _up, hidden, conditions);

        return _output.call(NormalisedActivation.Apply(_outputNorm, hidden, null, Config.ActFn)).MoveToOuterDisposeScope();
    }
}
