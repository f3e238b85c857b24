using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>From noise to a picture or latents: what all diffusion stages have in common.</summary>
internal static class GuidedSampling
{
    /// <param name="unet">The network.</param>
    /// <param name="text">What conditions it.</param>
    /// <param name="rows">B pictures with <see cref="DiffusionPlan"/>s of the same steps.</param>
    /// <param name="noise">Unit noise, float32 [B, C, H, W] on the network's device.</param>
    /// <param name="start">What to start from where it is not noise alone.</param>
    /// <param name="low">What the network is shown beside the sample; null for nothing.</param>
    /// <param name="show">Of a clean sample [1, C, H, W] as the network has it, the picture: float32 [1, 3, h, w] on the CPU, the caller's. For previews.</param>
    /// <param name="stepped">Called after each step; throws to stop.</param>
    /// <returns>float32 [B, C, H, W] on the network's device, the caller's</returns>
    public static Tensor Run(
        UNet2DCondition unet, ITextStates text, IReadOnlyList<StageRow> rows, Tensor noise, StartTensors? start, LowResolution? low, Func<Tensor, Tensor> show, Action<StageStep> stepped)
    {
        using var scope = NewDisposeScope();
        var device = unet.Placement.Device;
        var plan = (DiffusionPlan)rows[0].Plan;
        using var sampler = plan.CreateSampler();
        using var guidance = new Guidance([.. rows.Select(row => row.Plan.Guidance)], device);
        var lowPictures = low is null ? null : guidance.Expand(low.Pictures);
        var lowLevels = low is null ? null : guidance.Expand(low.NoiseLevels);
        using var prompt = unet.Prepare(States(text, rows, guidance, device), sampler.Timesteps, lowLevels);
        var denoiser = new Denoiser(Predict, guidance, sampler, plan.Scheduler);
        using var estimate = new LastEstimate(denoiser.Denoise);
        var look = new StageLook(device, Look);
        var drawn = start is null
            ? SamplingLoop.Run(sampler, estimate.Denoise, noise, DrawNoise, Stepped)
            : SamplingLoop.Run(sampler, estimate.Denoise, start.First(sampler, plan.Skipped, noise, !plan.MaskNoise), plan.Skipped, start.Keep(sampler, noise, !plan.MaskNoise), DrawNoise, Stepped);
        return drawn.MoveToOuterDisposeScope();

        Tensor DrawNoise() => PictureNoise.Draw([.. rows.Select(row => row.Noise)], noise.shape.AsSpan(1), device);

        // A sampler that calls the network more often than it takes steps (pndm) begins with the calls that do not count.
        void Stepped(int call) => stepped(new(Math.Max(1, call + 1 - plan.Skipped - (sampler.Timesteps.Count - plan.Steps)), look));

        Tensor Look(int row)
        {
            using var inner = NewDisposeScope();
            var clean = start is null ? estimate.Original : start.KeepIn(estimate.Original);
            return show(clean.narrow(0, row, 1)).MoveToOuterDisposeScope();
        }

        Tensor Predict(Tensor sample, int step)
        {
            if (lowPictures is null) return unet.Denoise(sample, prompt, step);
            using var inner = NewDisposeScope();
            var scale = low!.ScaledWithSample ? sampler.InputScale(step) : 1;
            var input = cat([sample, scale == 1 ? lowPictures : lowPictures.Times(scale)], 1);
            return unet.Denoise(input, prompt, step).MoveToOuterDisposeScope();
        }
    }

    /// <returns>[guided + B, L, D] on the device</returns>
    private static Tensor States(ITextStates text, IReadOnlyList<StageRow> rows, Guidance guidance, Device device)
    {
        using var scope = NewDisposeScope();
        string[] prompts = [.. guidance.Rows.Select(row => rows[row].NegativePrompt), .. rows.Select(row => row.Prompt)];
        return text.Encode(prompts).to(device).MoveToOuterDisposeScope();
    }
}
