using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;

namespace RenderFarm.Diffusion.Networks;

/// <summary>The denoising network that knows only the time (diffusers' UNet2DModel): unCLIP's super-resolution (Ramesh et al. 2022, section 2.2, after Nichol and Dhariwal 2021).</summary>
internal sealed class UNet2D : nn.Module<Tensor, UNetPrompt, int, Tensor>
{
    private const long Kernel = 3;

    private readonly ResnetBlock2D[] _allResnets;

    [ComponentName(Name = "conv_in")]
    private readonly Conv2d _input;

    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding _timeEmbedding;

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

    public UNet2D(UNet2DConfig config, Placement placement) : base(nameof(UNet2D))
    {
        (Config, Placement) = (config, placement);
        var (blocks, top) = (config.Blocks(), config.BlockOutChannels[0]);
        _input = new Conv2d(config.InChannels, top, Kernel, placement);
        _timeEmbedding = new TimestepEmbedding(blocks, placement);
        for (var level = 0; level < blocks.Levels; level++) _down.Add(new DownBlock2D(blocks, level, placement));
        _middle = new MidBlock2D(blocks, config.AddAttention ? new MapAttention(config, placement) : null, placement);
        for (var index = 0; index < blocks.Levels; index++) _up.Add(new UpBlock2D(blocks, index, placement));
        _outputNorm = new GroupNorm(config.NormNumGroups, top, config.NormEps, placement);
        _output = new Conv2d(top, config.OutChannels, Kernel, placement);
        RegisterComponents();
        _allResnets = [.. modules().OfType<ResnetBlock2D>()];
    }

    /// <summary>What the network was built from.</summary>
    public UNet2DConfig Config { get; }

    /// <summary>Where its parameters live.</summary>
    public Placement Placement { get; }

    /// <summary>Computes all that does not depend on the picture.</summary>
    /// <param name="timesteps">one per step, the same for the whole batch</param>
    /// <param name="batch">B</param>
    public UNetPrompt Prepare(IReadOnlyList<double> timesteps, long batch)
    {
        using var scope = NewDisposeScope();
        var steps = tensor(timesteps.Select(t => (float)t).ToArray(), device: Placement.Device);
        var embedding = Features.Activate(_timeEmbedding.call(steps), ActivationFunction.Silu).unsqueeze(1).expand(timesteps.Count, batch, -1); // [S, B, D]
        var sums = modules().OfType<IUpsampling>().Select(part => (part, sums: part.UpsamplingSums())).Where(entry => entry.sums is not null);
        return new UNetPrompt(
            timesteps.Count, batch, _allResnets.ToDictionary(block => block, block => block.Modulation(embedding)), [], sums.ToDictionary(entry => entry.part, entry => entry.sums!));
    }

    /// <param name="sample">noisy picture, and the smaller one behind it [B, C, H, W]</param>
    /// <param name="prepared">of this network's <see cref="Prepare"/></param>
    /// <param name="step">index into the timesteps given there</param>
    /// <returns>[B, out, H, W]</returns>
    public override Tensor forward(Tensor sample, UNetPrompt prepared, int step)
    {
        var multiple = Config.SizeMultiple;
        if (sample.dim() != 4 || sample.shape[0] != prepared.Batch || sample.shape[1] != Config.InChannels || sample.shape[2] % multiple != 0 || sample.shape[3] % multiple != 0)
            throw new ArgumentException($"sample is [{string.Join(", ", sample.shape)}]; expected [{prepared.Batch}, {Config.InChannels}, height, width], height and width multiples of {multiple}.");
        using var scope = NewDisposeScope();
        var conditions = prepared.At(step);
        var hidden = _input.call(Features.ChannelsLast(sample.to(Placement.Dtype)));
        hidden = LevelPasses.Run(_down, _middle, _up, hidden, conditions);
        return _output.call(NormalisedActivation.Apply(_outputNorm, hidden, null, ActivationFunction.Silu)).MoveToOuterDisposeScope();
    }
}
