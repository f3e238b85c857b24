using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>What a stage's configurations promise.</summary>
/// <param name="Size">Height and width of its pictures, in pixels.</param>
/// <param name="SizeSource">Which file says so with which key, as a sentence's beginning: "'unet/config.json' has sample_size = 64".</param>
/// <param name="Plan">As <see cref="IStage.Plan"/>, before the stage is loaded.</param>
internal sealed record StageOutline(int Size, string SizeSource, Func<StageSettings, StagePlan> Plan);
