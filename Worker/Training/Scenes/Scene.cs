using System.Collections.Immutable;

namespace RenderFarm.Training.Scenes;

/// <summary>A picture's whole content: one to five objects on a plain background. It determines every pixel.</summary>
/// <param name="Background">The plain colour behind the objects.</param>
/// <param name="Objects">At most one object a place; in the order in which <paramref name="Arrangement"/> names them.</param>
/// <param name="Arrangement">By what its caption tells where they are.</param>
internal sealed record Scene(Background Background, ImmutableArray<SceneObject> Objects, Arrangement Arrangement = Arrangement.Places)
{
    /// <summary>Any other value in the place of <see cref="Background"/>'s, for which there is no word; null for its own.</summary>
    public (byte Red, byte Green, byte Blue)? StrangeGround { get; init; }

    /// <summary>The value behind the objects.</summary>
    public (byte Red, byte Green, byte Blue) Ground => StrangeGround ?? Palette.Of(Background);
}
