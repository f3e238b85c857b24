namespace RenderFarm.Training.Evaluation;

/// <summary>An evaluation's figures and pictures.</summary>
/// <param name="Report">The figures.</param>
/// <param name="Pictures">Every picture, in the order of rendering.</param>
public sealed record EvaluationResult(EvaluationReport Report, IReadOnlyList<JudgedPicture> Pictures);
