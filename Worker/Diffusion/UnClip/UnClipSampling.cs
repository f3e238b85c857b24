using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>From noise to an embedding or a picture: what unCLIP's three parts have in common.</summary>
internal static class UnClipSampling
{
    /// <param name="scheduler">The part's.</param>
    /// <param name="timesteps">Of <see cref="UnClipScheduler.Timesteps"/>.</param>
    /// <param name="guidance">Of the batch.</param>
    /// <param name="network">As for <see cref="Denoiser"/>.</param>
    /// <param name="generators">One per picture.</param>
    /// <param name="shape">C, H, W</param>
    /// <param name="device">The network's.</param>
    /// <param name="stepped">Called after each step with the clean sample that is expected, float32 [B, C, H, W], which stays this call's; throws to stop.</param>
    /// <returns>float32 [B, C, H, W], the caller's</returns>
    public static Tensor Run(
        UnClipScheduler scheduler, int[] timesteps, Guidance guidance, Func<Tensor, int, Tensor> network, IReadOnlyList<PictureNoise> generators, long[] shape, Device device, Action<Tensor> stepped)
    {
        using var scope = NewDisposeScope();
        using var sampler = Sampler.Create(scheduler.Config, timesteps.Length, timesteps);
        var denoiser = new Denoiser(network, guidance, sampler, scheduler.Config);
        using var estimate = new LastEstimate(denoiser.Denoise);
        var noise = PictureNoise.Draw(generators, shape, device);
        return SamplingLoop.Run(sampler, estimate.Denoise, noise, () => PictureNoise.Draw(generators, shape, device), _ => stepped(estimate.Original)).MoveToOuterDisposeScope();
    }
}
