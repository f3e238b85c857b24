namespace RenderFarm.Training.Evaluation;

/// <summary>One thing drawn for another.</summary>
/// <param name="Asked">What the caption says.</param>
/// <param name="Found">What was drawn: another of its kind, "unclear" or "absent".</param>
/// <param name="Count">How often.</param>
public sealed record Confusion(string Asked, string Found, int Count);
