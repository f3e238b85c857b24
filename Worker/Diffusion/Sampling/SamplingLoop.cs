using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>Takes a sampler through all its steps.</summary>
internal static class SamplingLoop
{
    /// <summary>From noise alone.</summary>
    /// <param name="sampler">Fresh.</param>
    /// <param name="denoise">The model.</param>
    /// <param name="start">Unit noise, float32 [B, C, H, W].</param>
    /// <param name="draw">Unit noise of the sample's shape, asked for once per step that needs it.</param>
    /// <param name="stepped">Called after each step with its index; throws to stop.</param>
    /// <returns>The pictures, float32 [B, C, H, W].</returns>
    public static Tensor Run(Sampler sampler, Denoise denoise, Tensor start, Func<Tensor> draw, Action<int> stepped) =>
        Run(sampler, denoise, start.Times(sampler.InitialScale), 0, (_, _, after) => after, draw, stepped);

    /// <summary>From a sample with less noise than the first step's.</summary>
    /// <param name="sampler">Fresh.</param>
    /// <param name="denoise">The model.</param>
    /// <param name="sample">Of the step <paramref name="first"/>, float32 [B, C, H, W]; freed here.</param>
    /// <param name="first">Index of the first step to take.</param>
    /// <param name="keep">What becomes of a step: from its index, the sample before and the one after it, the one to go on with, which may be either.</param>
    /// <param name="draw">Unit noise of the sample's shape, asked for once per step that needs it.</param>
    /// <param name="stepped">Called after each step with its index; throws to stop.</param>
    /// <returns>The pictures, float32 [B, C, H, W].</returns>
    public static Tensor Run(Sampler sampler, Denoise denoise, Tensor sample, int first, Func<int, Tensor, Tensor, Tensor> keep, Func<Tensor> draw, Action<int> stepped)
    {
        try
        {
            for (var step = first; step < sampler.Timesteps.Count; step++)
            {
                using var noise = sampler.DrawsNoise(step) ? draw() : null;
                var after = sampler.Step(denoise, sample, step, noise);
                var next = keep(step, sample, after);
                if (!ReferenceEquals(next, after)) after.Dispose();
                if (!ReferenceEquals(next, sample)) sample.Dispose();
                sample = next;
                stepped(step);
            }
            return sample;
        }
        catch
        {
            sample.Dispose();
            throw;
        }
    }
}
