using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades;

public sealed partial class Cascade
{
    /// <summary>Why a request's rendering cannot go on from a checkpoint: it is of no stage that others follow, or its numbers are not that stage's. Null where it can.</summary>
    /// <exception cref="SettingsException">This model cannot draw the request.</exception>
    public string? Misfit(StageCheckpoint checkpoint, RenderRequest request)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(request);
        return Misfit(checkpoint, Plan(request with { ResumeFrom = null }));
    }

    private string? Misfit(StageCheckpoint checkpoint, StagePlan[] plans)
    {
        if (checkpoint.Stage < 0 || checkpoint.Stage >= StageCount - 1)
            return $"The checkpoint is of stage {checkpoint.Stage + 1}; this model has {StageCount}, and can go on from all but the last.";
        var (found, size) = (new PictureSize(checkpoint.Width, checkpoint.Height), SizeOf(checkpoint.Stage, plans[checkpoint.Stage]));
        if (found != size) return $"The checkpoint is of {found} pixels; {KeyOf(checkpoint.Stage)} draws {size}.";
        if (checkpoint.Pixels.Length != Picture.Channels * size.Pixels)
            return $"The checkpoint says {size} pixels but holds {checkpoint.Pixels.Length} numbers; it is damaged.";
        return checkpoint.Generator.Length == PictureNoise.StateLength ? null
            : $"The checkpoint's random generator has {checkpoint.Generator.Length} bytes; expected are {PictureNoise.StateLength}.";
    }
}
