namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>Told after each step of each batch.</summary>
/// <param name="Stage">Index of the stage at work, from 0.</param>
/// <param name="StageCount">How many stages there are.</param>
/// <param name="StageKey">stage1, stage2 …</param>
/// <param name="Step">Steps done in this stage, from 1.</param>
/// <param name="Steps">Steps this stage takes.</param>
/// <param name="Seconds">Since this stage began with this batch.</param>
/// <param name="Batch">Pictures being drawn together, as indices into the requests.</param>
/// <param name="Finished">Pictures whose last stage is done.</param>
/// <param name="Total">Pictures asked for.</param>
public readonly record struct RenderProgress(
    int Stage, int StageCount, string StageKey, int Step, int Steps, double Seconds, IReadOnlyList<int> Batch, int Finished, int Total)
{
    /// <summary>
    /// Makes a preview of the picture at a place of <see cref="Batch"/>, from 0; null where there is none to be seen: in unCLIP's prior, and for a model with a safety checker, which
    /// lets nothing out unchecked. Costs nothing until called; to be called, if at all, on this thread before the call that told of it returns. Does not change what is drawn.
    /// </summary>
    public Func<int, RenderPreview>? Preview { get; init; }

    /// <summary>What such a preview takes, as a share of what one of the stage's finished picture takes: DALL-E Mini decodes only the rows that are begun. 1 for others.</summary>
    public double PreviewPart { get; init; } = 1;
}
