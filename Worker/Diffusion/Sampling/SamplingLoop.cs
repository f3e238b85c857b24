using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>Takes a sampler through all its steps.</summary>
internal static class SamplingLoop
{
    /// <param name="sampler">Fresh.</param>
    /// <param name="denoise">The model.</param>
    /// <param name="start">Unit noise, float32 [B, C, H, W].</param>
    /// <param name="draw">Unit noise of the sample's shape, asked for once per step that needs it.</param>
    /// <param name="stepped">Called after each step with its index; throws to stop.</param>
    /// <returns>The pictures, float32 [B, C, H, W].</returns>
    public static Tensor Run(Sampler sampler, Denoise denoise, Tensor start, Func<Tensor> draw, Action<int> stepped)
    {
        var sample = start.Times(sampler.InitialScale);
        try
        {
            for (var step = 0; step < sampler.Timesteps.Count; step++)
            {
                using var noise = sampler.DrawsNoise(step) ? draw() : null;
                var next = sampler.Step(denoise, sample, step, noise);
                sample.Dispose();
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
