namespace RenderFarm.Worker.Rendering;

/// <summary>A stage that is done, and is not the last.</summary>
/// <param name="Stage">Index of the stage, from 0.</param>
/// <param name="Took">Time that it worked for all works of its call.</param>
/// <param name="Checkpoint">Makes the checkpoint, where one is wanted; on the calling thread, before the call that told of it returns.</param>
public sealed record FinishedStage(int Stage, TimeSpan Took, Func<RenderCheckpoint> Checkpoint);
