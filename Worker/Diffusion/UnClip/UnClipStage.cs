using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>
/// unCLIP, DALL-E 2's design (Ramesh et al. 2022), as Karlo's folders hold it (diffusers' UnCLIPPipeline): the prior draws the embedding that CLIP would
/// give the picture, the decoder a small picture of that embedding, the super-resolution a larger one. As one stage: embedding and small picture are its own affair.
/// </summary>
internal sealed class UnClipStage(UnClipConfigs configs, UnClipNetworks networks, UnClipTexts texts) : IStage
{
    private readonly Device _device = networks.Decoder.Placement.Device;

    public string Dtype => DtypeChoice.NameOf(networks.Decoder.Placement.Dtype);

    public int Size => configs.Size;

    public StagePlan Plan(StageSettings settings) => UnClipPlan.Resolve(settings, configs.Schedulers);

    public Tensor Draw(IReadOnlyList<StageRow> rows, Tensor? pictures, Action<StageStep> stepped)
    {
        if (pictures is not null) throw new CascadeException("An UnCLIPPipeline stage begins with noise; it must be the cascade's first.");
        using var scope = NewDisposeScope();
        var done = 0;
        // An embedding is nothing to look at.
        var embeddings = DrawEmbeddings(rows, () => stepped(new(++done, Look: null)));
        var small = DrawSmall(rows, embeddings, Stepped);
        return Enlarge(rows, small, Stepped).Between(-1, 1).cpu().MoveToOuterDisposeScope();

        void Stepped(Tensor clean) => stepped(new(++done, new StageLook(_device, row => clean.narrow(0, row, 1).cpu())));
    }

    public void Dispose() => networks.Dispose();

    /// <summary>The prior's part.</summary>
    /// <returns>float32 [B, D] on the device</returns>
    internal Tensor DrawEmbeddings(IReadOnlyList<StageRow> rows, Action stepped)
    {
        using var scope = NewDisposeScope();
        using var guidance = new Guidance([.. rows.Select(row => PlanOf(row).PriorGuidance)], _device);
        var timesteps = configs.Schedulers.Prior.Timesteps(PlanOf(rows[0]).PriorSteps);
        using var prompt = networks.Prior.Prepare(texts.Read(rows, guidance, _device), [.. timesteps.Select(step => (double)step)]);
        // The sampler thinks in pictures: an embedding is one of a single place.
        var samples = UnClipSampling.Run(configs.Schedulers.Prior, timesteps, guidance, Predict, Generators(rows), [configs.Prior.EmbeddingDim, 1, 1], _device, _ => stepped());
        return networks.Prior.Embeddings(samples.flatten(1)).MoveToOuterDisposeScope();

        Tensor Predict(Tensor sample, int step)
        {
            using var predicted = networks.Prior.call(sample.flatten(1), prompt, step);
            return predicted.unsqueeze(-1).unsqueeze(-1);
        }
    }

    /// <summary>The decoder's part.</summary>
    /// <returns>float32 [B, 3, h, w] in [−1, 1] on the device</returns>
    private Tensor DrawSmall(IReadOnlyList<StageRow> rows, Tensor embeddings, Action<Tensor> stepped)
    {
        using var scope = NewDisposeScope();
        using var guidance = new Guidance([.. rows.Select(row => row.Plan.Guidance)], _device);
        var timesteps = configs.Schedulers.Decoder.Timesteps(rows[0].Plan.Steps);
        var read = texts.Read(rows, guidance, _device);
        var (states, vector) = networks.Projection.call(embeddings, read);
        using var prompt = networks.Decoder.Prepare(states, [.. timesteps.Select(step => (double)step)], vector, Bias(read.Hidden));
        var side = configs.Decoder.SampleSize!.Value;
        var small = UnClipSampling.Run(
            configs.Schedulers.Decoder, timesteps, guidance, (sample, step) => networks.Decoder.Denoise(sample, prompt, step), Generators(rows), [Picture.Channels, side, side], _device, stepped);
        return small.Between(-1, 1).MoveToOuterDisposeScope();
    }

    /// <summary>The super-resolution's part, which is not guided.</summary>
    /// <returns>float32 [B, 3, H, W] on the device</returns>
    private Tensor Enlarge(IReadOnlyList<StageRow> rows, Tensor small, Action<Tensor> stepped)
    {
        using var scope = NewDisposeScope();
        using var guidance = new Guidance([.. rows.Select(_ => 1.0)], _device);
        var timesteps = configs.Schedulers.SuperResolution.Timesteps(PlanOf(rows[0]).SuperResolutionSteps);
        var last = timesteps.Length - 1;
        using var beforeLast = networks.First.Prepare([.. timesteps[..last].Select(step => (double)step)], rows.Count);
        using var atLast = networks.Last.Prepare([timesteps[last]], rows.Count);
        var enlarged = BicubicEnlargement.To(small, Size);
        return UnClipSampling.Run(
            configs.Schedulers.SuperResolution, timesteps, guidance, Predict, Generators(rows), [Picture.Channels, Size, Size], _device, stepped).MoveToOuterDisposeScope();

        Tensor Predict(Tensor sample, int step)
        {
            using var input = cat([sample, enlarged], 1);
            return step < last ? networks.First.call(input, beforeLast, step) : networks.Last.call(input, atLast, 0);
        }
    }

    /// <summary>The decoder sees the picture's tokens and the text's, but no padding.</summary>
    /// <param name="hidden">[B', L]</param>
    /// <returns>[B', T + L]</returns>
    private Tensor Bias(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return cat([zeros([hidden.shape[0], configs.Projection.ClipExtraContextTokens], hidden.dtype, hidden.device), hidden], 1).Times(PriorTransformer.Unseen).MoveToOuterDisposeScope();
    }

    private static UnClipPlan PlanOf(StageRow row) => (UnClipPlan)row.Plan;

    private static List<PictureNoise> Generators(IReadOnlyList<StageRow> rows) => [.. rows.Select(row => row.Noise)];
}
