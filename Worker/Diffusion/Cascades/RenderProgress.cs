namespace RenderFarm.Diffusion.Cascades;

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
    int Stage, int StageCount, string StageKey, int Step, int Steps, double Seconds, IReadOnlyList<int> Batch, int Finished, int Total);
