namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>How far a stage is.</summary>
/// <param name="Done">Steps done, from 1.</param>
/// <param name="Look">Null while there is no picture to see.</param>
internal readonly record struct StageStep(int Done, StageLook? Look);
