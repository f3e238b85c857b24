namespace RenderFarm.Training.Evaluation;

/// <summary>A picture that does not show what its caption says.</summary>
/// <param name="Number">Position in the split, from 0.</param>
/// <param name="Prompt">The caption.</param>
/// <param name="Seed">The picture's seed.</param>
/// <param name="Problems">What is wrong, one a line.</param>
public sealed record Failure(int Number, string Prompt, long Seed, IReadOnlyList<string> Problems);
