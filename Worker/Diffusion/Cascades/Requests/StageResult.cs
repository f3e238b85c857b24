using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>What one stage drew.</summary>
/// <param name="Key">stage1, stage2 …</param>
/// <param name="Picture">Its picture.</param>
/// <param name="Seconds">How long the stage worked on the batch, divided by the pictures in it.</param>
/// <param name="Checkpoint">For going on later, if the request asked for it.</param>
public sealed record StageResult(string Key, Picture Picture, double Seconds, StageCheckpoint? Checkpoint);
