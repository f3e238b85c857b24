namespace RenderFarm.Training.Scenes.Edits;

/// <summary>A picture's scene, what is said of it, and the scene that is then wanted.</summary>
/// <param name="Kind">What changes.</param>
/// <param name="Instruction">Lower-case words; empty where nothing changes.</param>
/// <param name="Before">The reference picture's scene.</param>
/// <param name="After">The scene that is wanted.</param>
internal sealed record Edit(EditKind Kind, string Instruction, Scene Before, Scene After)
{
    /// <summary>A word of the instruction in the place of which stands one that no vocabulary has; null for none.</summary>
    public string? StrangeWord { get; init; }
}
