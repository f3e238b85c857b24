using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>A residual block that the time embedding modulates, and that may halve or double the picture (Dhariwal and Nichol 2021).</summary>
internal sealed class ResnetBlock2D : FeatureModule, IUpsampling
{
    private const long Kernel = 3;

    private readonly ActivationFunction _activation;
    private readonly TimeScaleShift _timeScaleShift;
    private readonly Resampling _resampling;
    private readonly double _outScaleFactor;

    [ComponentName(Name = "norm1")]
    private readonly GroupNorm _inputNorm;

    [ComponentName(Name = "conv1")]
    private readonly Conv2d _inputConvolution;

    [ComponentName(Name = "time_emb_proj")]
    private readonly Linear _timeProjection;

    [ComponentName(Name = "norm2")]
    private readonly GroupNorm _outputNorm;

    [ComponentName(Name = "conv2")]
    private readonly Conv2d _outputConvolution;

    [ComponentName(Name = "conv_shortcut")]
    private readonly Conv2d? _shortcut;

    public ResnetBlock2D(UNetConfig config, int input, int output, double outScaleFactor, Resampling resampling, Placement placement)
        : base(nameof(ResnetBlock2D))
    {
        (_activation, _timeScaleShift, _resampling, _outScaleFactor) = (config.ActFn, config.ResnetTimeScaleShift, resampling, outScaleFactor);
        var modulated = _timeScaleShift == TimeScaleShift.ScaleShift ? 2 * output : output;
        _inputNorm = new GroupNorm(config.NormNumGroups, input, config.NormEps, placement);
        _inputConvolution = new Conv2d(input, output, Kernel, placement);
        _timeProjection = new Linear(config.TimeEmbeddingWidth, modulated, placement);
        _outputNorm = new GroupNorm(config.NormNumGroups, output, config.NormEps, placement);
        _outputConvolution = new Conv2d(output, output, Kernel, placement);
        _shortcut = input == output ? null : new Conv2d(input, output, 1, placement);
        RegisterComponents();
    }

    /// <summary>What the time embedding does to this block.</summary>
    /// <param name="embedding">[…, D], activated already</param>
    /// <returns>[…, 2C] (scale and shift), or [… , C] where it is merely added</returns>
    public Tensor Modulation(Tensor embedding) => _timeProjection.call(embedding);

    public Tensor? UpsamplingSums() =>
        _resampling == Resampling.Up && _inputConvolution.Weight.device_type == DeviceType.CPU ? UpsamplingConvolution.Sums(_inputConvolution.Weight) : null;

    /// <param name="input">[B, in, H, W]</param>
    /// <param name="conditions">with this block's <see cref="Modulation"/></param>
    /// <returns>[B, out, H', W']</returns>
    public override Tensor forward(Tensor input, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var modulation = conditions.For(this);
        var hidden = NormalisedActivation.Apply(_inputNorm, input, null, _activation);
        hidden = conditions.For((IUpsampling)this) is { } sums
            ? UpsamplingConvolution.Apply(hidden, sums, _inputConvolution.Bias)
            : _inputConvolution.call(Features.Resample(hidden, _resampling));
        if (_timeScaleShift == TimeScaleShift.Default) hidden = hidden.Plus(modulation.unsqueeze(-1).unsqueeze(-1));
        hidden = NormalisedActivation.Apply(_outputNorm, hidden, _timeScaleShift == TimeScaleShift.ScaleShift ? modulation : null, _activation);
        hidden = _outputConvolution.call(hidden);
        var residual = Features.Resample(input, _resampling);
        if (_shortcut is not null) residual = _shortcut.call(residual);
        var sum = residual.Plus(hidden);
        return (_outScaleFactor == 1 ? sum : sum.Over(_outScaleFactor)).MoveToOuterDisposeScope();
    }
}
