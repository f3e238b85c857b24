using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>A picture judged against its caption.</summary>
/// <param name="Objects">One verdict an asked-for object, in the scene's order.</param>
/// <param name="Extras">What was found that the caption does not ask for.</param>
/// <param name="Background">The background found, or null when it is none of the world's.</param>
/// <param name="BackgroundRight">Whether it is the one asked for, or none was asked for.</param>
internal sealed record SceneVerdict(
    IReadOnlyList<ObjectVerdict> Objects, IReadOnlyList<Finding> Extras, Background? Background, bool BackgroundRight)
{
    /// <summary>Every object fully right, nothing else, on the right background.</summary>
    public bool FullyRight => BackgroundRight && Extras.Count == 0 && Objects.All(item => item.FullyRight);
}
