using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades;

public sealed partial class Cascade
{
    /// <summary>Why rendering cannot go on from a checkpoint: it is of no stage that others follow, or its numbers are not that stage's. Null where it can.</summary>
    public string? Misfit(StageCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.Stage < 0 || checkpoint.Stage >= StageCount - 1)
            return $"The checkpoint is of stage {checkpoint.Stage + 1}; this model has {StageCount}, and can go on from all but the last.";
        var size = _stages[checkpoint.Stage].Size;
        if (checkpoint.Width != size || checkpoint.Height != size)
            return $"The checkpoint is of {checkpoint.Width} x {checkpoint.Height} pixels; {KeyOf(checkpoint.Stage)} draws {size} x {size}.";
        if (checkpoint.Pixels.Length != Picture.Channels * size * size)
            return $"The checkpoint says {size} x {size} pixels but holds {checkpoint.Pixels.Length} numbers; it is damaged.";
        return checkpoint.Generator.Length == PictureNoise.StateLength ? null
            : $"The checkpoint's random generator has {checkpoint.Generator.Length} bytes; expected are {PictureNoise.StateLength}.";
    }

    private void CheckResumption(RenderRequest request)
    {
        if (request.ResumeFrom is { } checkpoint && Misfit(checkpoint) is { } misfit)
            throw new SettingsException(misfit);
    }
}
