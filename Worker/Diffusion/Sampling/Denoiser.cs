using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Wraps a network so that a sampler sees only <see cref="Denoise"/>: the batch is widened for guidance, the output guided, its variance
/// channels split off, read according to the prediction type and thresholded. All of it in float32, whatever the network computes in.
/// </summary>
/// <param name="network">float32 sample [B', C, H, W] and step to output [B', C or 2C, H, W]; the result is the caller's.</param>
/// <param name="guidance">How the B pictures become B' rows.</param>
/// <param name="sampler">Whose steps they are.</param>
/// <param name="config">Prediction type and thresholding.</param>
internal sealed class Denoiser(Func<Tensor, int, Tensor> network, Guidance guidance, Sampler sampler, SchedulerConfig config)
{
    private readonly Threshold? _threshold = Threshold.Of(config);

    /// <inheritdoc cref="Sampling.Denoise"/>
    public Denoised Denoise(Tensor sample, int step)
    {
        using var scope = NewDisposeScope();
        var output = network(guidance.Expand(sample), step).to(ScalarType.Float32);
        var (prediction, variance) = guidance.Combine(output, sample.shape[1]);
        var (original, noise) = Prediction.Read(config.Prediction, sample, prediction, sampler.Level(step));
        if (_threshold is not null) original = _threshold.Apply(original);
        // Views hold on to the network's whole output; both are gone by the end of the sampler's step.
        var whole = prediction.alias();
        return new Denoised(original.MoveToOuterDisposeScope(), noise.MoveToOuterDisposeScope(), whole.MoveToOuterDisposeScope(), variance?.MoveToOuterDisposeScope());
    }
}
