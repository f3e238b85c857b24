using RenderFarm.Training.Evaluation.Judging;

namespace RenderFarm.Training.Evaluation;

/// <summary>A picture with its judgement.</summary>
/// <param name="Prompt">What it should show.</param>
/// <param name="Picture">What was rendered.</param>
/// <param name="Problems">What is wrong; nothing when the picture is right.</param>
public sealed record JudgedPicture(EvaluationPrompt Prompt, RgbPicture Picture, IReadOnlyList<string> Problems);
