using RenderFarm.Diffusion.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// The v-prediction loss (Salimans and Ho 2022, appendix D) of one batch: x_t = α x + σ ε, target v = α ε − σ x, with α² = ᾱ_t and σ² = 1 − ᾱ_t.
/// A super-resolution model also sees its low-resolution picture, noised at a random level that it is told (noise conditioning
/// augmentation; Ho et al. 2021, section 4.2; Saharia et al. 2022, section 2.4).
/// </summary>
internal sealed class DiffusionLoss
{
    private readonly UNet2DCondition _network;
    private readonly TimestepSampler _timesteps;
    private readonly float[] _alphaBar;
    private readonly DiffusionRecipe _recipe;

    public DiffusionLoss(UNet2DCondition network, DiffusionRecipe recipe, IReadOnlyList<double> alphaBar)
    {
        (_network, _recipe) = (network, recipe);
        _alphaBar = [.. alphaBar.Select(a => (float)a)];
        _timesteps = new TimestepSampler(alphaBar, recipe.Focus);
    }

    /// <param name="examples">The batch.</param>
    /// <param name="text">[B, L, D] states of the captions.</param>
    /// <param name="generator">CPU generator of this step.</param>
    /// <param name="random">Source of timesteps and noise levels of this step.</param>
    /// <returns>Scalar, float32, with gradient.</returns>
    public Tensor Of(TrainingExamples examples, Tensor text, Generator generator, Random random)
    {
        var batch = examples.Captions.Length;
        var (device, dtype) = (text.device, text.dtype);
        long[] shape = [batch, 3, examples.Side, examples.Side];
        var steps = Enumerable.Range(0, batch).Select(i => _timesteps.Draw(random, i, batch)).ToArray();
        using var clean = torch.tensor(examples.Pixels, shape).to(device);
        using var noise = torch.randn(shape, generator: generator).to(device);
        var (alpha, sigma) = Coefficients(steps, device);
        var input = alpha * clean + sigma * noise;
        var target = alpha * noise - sigma * clean;
        Tensor? levels = null;
        if (examples.LowResolution is { } low)
        {
            var drawn = Enumerable.Range(0, batch).Select(_ => NoiseLevels.Draw(random, _recipe.LargestNoiseLevel)).ToArray();
            levels = torch.tensor(drawn.Select(n => (float)n).ToArray()).to(device);
            var (keep, add) = Coefficients(drawn, device);
            var condition = keep * torch.tensor(low, shape).to(device) + add * torch.randn(shape, generator: generator).to(device);
            input = torch.cat([input, condition], 1);
        }
        using var times = torch.tensor(steps.Select(t => (float)t).ToArray()).to(device);
        var output = _network.forward(ChannelsLast(input.to(dtype)), times, text, levels);
        // The other half of the output channels is IF's variance, which a v-predicting model leaves alone (diffusers' IF pipelines demand that it exists).
        var predicted = output.narrow(1, 0, 3).to(ScalarType.Float32);
        return nn.functional.mse_loss(predicted, target);
    }

    private (Tensor Alpha, Tensor Sigma) Coefficients(int[] steps, Device device)
    {
        var alpha = torch.tensor(steps.Select(t => MathF.Sqrt(_alphaBar[t])).ToArray()).view(-1, 1, 1, 1).to(device);
        var sigma = torch.tensor(steps.Select(t => MathF.Sqrt(1 - _alphaBar[t])).ToArray()).view(-1, 1, 1, 1).to(device);
        return (alpha, sigma);
    }

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
