using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>One step's examples, as plain arrays.</summary>
/// <param name="Captions">B captions; an empty one trains the unconditional branch of classifier-free guidance.</param>
/// <param name="Looks">For each caption those of other looks, or null where its states stay whole.</param>
/// <param name="Blends">For each caption the colours that its objects have instead of those it tells of, or null.</param>
/// <param name="Pixels">[B, 3, Side, Side] in -1..1.</param>
/// <param name="LowResolution">[B, 3, Side, Side] in -1..1, upsampled as the cascade does it; null for a base model.</param>
/// <param name="Side">Height and width.</param>
internal sealed record TrainingExamples(string[] Captions, OtherLooks?[] Looks, ColourBlend?[] Blends, float[] Pixels, float[]? LowResolution, int Side);
