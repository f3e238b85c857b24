using RenderFarm.Training.Evaluation.Judging;

namespace RenderFarm.Training.Evaluation;

/// <summary>A caption to be rendered.</summary>
/// <param name="Split">"seen" or "unseen".</param>
/// <param name="Number">Position in the split, from 0.</param>
/// <param name="Prompt">The caption, or with a reference the instruction, which may be empty.</param>
/// <param name="Seed">The picture's seed.</param>
public sealed record EvaluationPrompt(string Split, int Number, string Prompt, long Seed)
{
    /// <summary>The picture to look at; null for none.</summary>
    public RgbPicture? Reference { get; init; }
}
