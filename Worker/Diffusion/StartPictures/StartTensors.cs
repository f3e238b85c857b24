using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.StartPictures;

/// <summary>What a batch starts from, at the size of a stage.</summary>
/// <param name="Pictures">float32 [B, 3, H, W] in [−1, 1].</param>
/// <param name="Masks">float32 [B, 1, H, W], 1 where it is drawn anew and 0 where it stays; null where no picture has a mask.</param>
internal sealed record StartTensors(Tensor Pictures, Tensor? Masks)
{
    /// <summary>Null where the batch starts from noise.</summary>
    /// <param name="rows">All with a start, or none.</param>
    /// <param name="size">H and W</param>
    /// <param name="device">Where to put them.</param>
    public static StartTensors? Of(IReadOnlyList<StageRow> rows, PictureSize size, Device device)
    {
        if (rows[0].Start is null) return null;
        using var scope = NewDisposeScope();
        var pictures = cat([.. rows.Select(row => row.Start!.PictureAt(size))], 0).to(device);
        var masks = rows.Any(row => row.Start!.MaskAt is not null)
            ? cat([.. rows.Select(row => row.Start!.MaskAt is { } mask ? mask(size) : ones([1, 1, size.Height, size.Width]))], 0).to(device)
            : null;
        return new StartTensors(pictures.MoveToOuterDisposeScope(), masks?.MoveToOuterDisposeScope());
    }

    /// <summary>The first sample: the pictures with the noise of the first step that is taken.</summary>
    /// <param name="sampler">Fresh.</param>
    /// <param name="step">Index of that step.</param>
    /// <param name="noise">Unit noise, float32 [B, 3, H, W].</param>
    /// <param name="keepClean">Whether what stays behind the masks has none of it.</param>
    public Tensor First(Sampler sampler, int step, Tensor noise, bool keepClean)
    {
        using var scope = NewDisposeScope();
        var noised = Noised(sampler, step, noise);
        return (keepClean ? Blend(Pictures, noised) : noised).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What a step makes of a sample. As in IF's pipelines what stays is as clean as it was; or it has the noise of the next step, as the rest has (Lugmayr et al. 2022, RePaint,
    /// algorithm 1 without resampling), which small networks need: their norms are taken over the whole picture.
    /// </summary>
    /// <param name="sampler">As for <see cref="First"/>.</param>
    /// <param name="noise">The same noise.</param>
    /// <param name="keepClean">As for <see cref="First"/>.</param>
    public Func<int, Tensor, Tensor, Tensor> Keep(Sampler sampler, Tensor noise, bool keepClean) => (step, before, after) =>
    {
        if (Masks is null) return after;
        if (keepClean || step == sampler.Timesteps.Count - 1) return Blend(keepClean ? before : Pictures, after);
        using var noised = Noised(sampler, step + 1, noise);
        return Blend(noised, after);
    };

    /// <summary>A clean sample with what stays behind the masks.</summary>
    /// <param name="original">float32 [B, 3, H, W]</param>
    public Tensor KeepIn(Tensor original) => Blend(Pictures, original);

    private Tensor Noised(Sampler sampler, int step, Tensor noise)
    {
        var (level, scale) = (sampler.Level(step), sampler.InputScale(step));
        return Pictures.Times(level.Signal / scale).PlusInPlace(noise, level.Noise / scale);
    }

    /// <summary>What stays and what was drawn, put together.</summary>
    private Tensor Blend(Tensor stays, Tensor drawn)
    {
        if (Masks is null) return drawn;
        using var difference = drawn - stays;
        return stays.PlusProduct(Masks, difference);
    }
}
