using System.Collections.Immutable;

namespace RenderFarm.Training.Scenes;

/// <summary>A picture's whole content: one to three objects on a plain background. It determines every pixel.</summary>
/// <param name="Background">The plain colour behind the objects.</param>
/// <param name="Objects">At most one object a place; the centre only for an object that is alone.</param>
internal sealed record Scene(Background Background, ImmutableArray<SceneObject> Objects);
