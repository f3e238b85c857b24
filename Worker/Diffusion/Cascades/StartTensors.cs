using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>What a batch starts from, at the size of a stage.</summary>
/// <param name="Pictures">float32 [B, 3, S, S] in [−1, 1].</param>
/// <param name="Masks">float32 [B, 1, S, S], 1 where it is drawn anew and 0 where it stays; null where no picture has a mask.</param>
internal sealed record StartTensors(Tensor Pictures, Tensor? Masks)
{
    /// <summary>Null where the batch starts from noise.</summary>
    /// <param name="rows">All with a start, or none.</param>
    /// <param name="side">S</param>
    /// <param name="device">Where to put them.</param>
    public static StartTensors? Of(IReadOnlyList<StageRow> rows, int side, Device device)
    {
        if (rows[0].Start is null) return null;
        using var scope = NewDisposeScope();
        var pictures = cat([.. rows.Select(row => row.Start!.PictureAt(side))], 0).to(device);
        var masks = rows.Any(row => row.Start!.MaskAt is not null)
            ? cat([.. rows.Select(row => row.Start!.MaskAt is { } mask ? mask(side) : ones([1, 1, side, side]))], 0).to(device)
            : null;
        return new StartTensors(pictures.MoveToOuterDisposeScope(), masks?.MoveToOuterDisposeScope());
    }

    /// <summary>The first sample: the pictures with the noise of the first step that is taken, where they may change.</summary>
    /// <param name="sampler">Fresh.</param>
    /// <param name="step">Index of that step.</param>
    /// <param name="noise">Unit noise, float32 [B, 3, S, S].</param>
    public Tensor Noised(Sampler sampler, int step, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var (level, scale) = (sampler.Level(step), sampler.InputScale(step));
        var noised = Pictures.Times(level.Signal / scale).PlusInPlace(noise, level.Noise / scale);
        return Blend(Pictures, noised).MoveToOuterDisposeScope();
    }

    /// <summary>What stays and what was drawn, put together.</summary>
    public Tensor Blend(Tensor before, Tensor after)
    {
        if (Masks is null) return after;
        using var difference = after - before;
        return before.PlusProduct(Masks, difference);
    }
}
