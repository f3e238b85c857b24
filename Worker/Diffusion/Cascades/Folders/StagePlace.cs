namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>A stage's folder where it stands in its cascade.</summary>
/// <param name="Index">The folder.</param>
/// <param name="Number">Its place, from 0.</param>
/// <param name="Before">The stages before it, in order; of a faulty folder that is inspected, those that could be read.</param>
/// <param name="SizeBefore">Height and width of the picture that the stage before draws; null for the first, and where that one is faulty.</param>
internal sealed record StagePlace(ModelIndex Index, int Number, IReadOnlyList<StagePlace> Before, int? SizeBefore)
{
    /// <summary>stage1, stage2 …</summary>
    public string Key => Cascade.KeyOf(Number);
}
