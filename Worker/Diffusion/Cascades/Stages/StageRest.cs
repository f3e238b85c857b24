namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>What a stage but the last leaves behind, told as soon as it is done with its batch.</summary>
/// <param name="Stage">Index of the finished stage, from 0.</param>
/// <param name="Seconds">How long it worked on the whole batch.</param>
/// <param name="Checkpoint">Makes the checkpoint; to be called, if at all, before the call that told of it returns.</param>
public sealed record StageRest(int Stage, double Seconds, Func<StageCheckpoint> Checkpoint);
