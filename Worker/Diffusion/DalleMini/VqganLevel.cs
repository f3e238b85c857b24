using RenderFarm.Diffusion.Autoencoders;
using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>Residual blocks of one resolution, each with attention behind it where the level has it (vqgan-jax, UpsamplingBlock and DownsamplingBlock).</summary>
internal sealed class VqganLevel : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "block")]
    private readonly ModuleList<AutoencoderResnet> _blocks;

    [ComponentName(Name = "attn")]
    private readonly ModuleList<VqganAttention> _attentions;

    [ComponentName(Name = "upsample")]
    private readonly DecoderUpsampler? _upsampling;

    [ComponentName(Name = "downsample")]
    private readonly EncoderDownsampler? _downsampling;

    /// <param name="input">Channels that come in.</param>
    /// <param name="output">Channels of the level.</param>
    /// <param name="blocks">How many.</param>
    /// <param name="hasAttention">Whether each has attention behind it.</param>
    /// <param name="resampling">What is done to the map at the end.</param>
    /// <param name="placement">Where the weights live.</param>
    public VqganLevel(long input, long output, int blocks, bool hasAttention, Networks.Blocks.Resampling resampling, Placement placement) : base(nameof(VqganLevel))
    {
        _blocks = new ModuleList<AutoencoderResnet>([.. Enumerable.Range(0, blocks).Select(index => new AutoencoderResnet(VqganNorm.Groups, index == 0 ? input : output, output, placement))]);
        _attentions = new ModuleList<VqganAttention>([.. Enumerable.Range(0, hasAttention ? blocks : 0).Select(_ => new VqganAttention(output, placement))]);
        _upsampling = resampling == Networks.Blocks.Resampling.Up ? new DecoderUpsampler(output, placement) : null;
        _downsampling = resampling == Networks.Blocks.Resampling.Down ? new EncoderDownsampler(output, placement) : null;
        RegisterComponents();
    }

    /// <param name="input">[B, in, H, W]</param>
    /// <returns>[B, out, H', W']</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var states = input;
        for (var index = 0; index < _blocks.Count; index++)
        {
            states = _blocks[index].forward(states);
            if (_attentions.Count > 0) states = _attentions[index].forward(states);
        }
        if (_upsampling is not null) states = _upsampling.forward(states);
        if (_downsampling is not null) states = _downsampling.forward(states);
        return states.MoveToOuterDisposeScope();
    }
}
