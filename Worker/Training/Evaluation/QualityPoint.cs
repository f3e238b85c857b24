namespace RenderFarm.Training.Evaluation;

/// <summary>An evaluation with one setting at one value.</summary>
/// <param name="Value">The setting's.</param>
/// <param name="Report">What came out.</param>
/// <param name="SecondsPerPicture">How long drawing took; the first value of a curve includes warming up.</param>
public sealed record QualityPoint(double Value, EvaluationReport Report, double SecondsPerPicture);
