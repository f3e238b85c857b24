using System.Collections.Immutable;

namespace RenderFarm.Training.Scenes.Captions;

/// <summary>A sentence about a scene, and what of the scene it tells.</summary>
/// <param name="Text">Lower-case words.</param>
/// <param name="Scene">The scene told of.</param>
/// <param name="SaysBackground">Whether the background is named.</param>
/// <param name="SaysPlaces">Whether every object's place is named (else none is).</param>
/// <param name="SaysSize">For each of the scene's objects, in its order, whether the size is named. Shape and colour always are.</param>
internal sealed record Caption(string Text, Scene Scene, bool SaysBackground, bool SaysPlaces, ImmutableArray<bool> SaysSize);
