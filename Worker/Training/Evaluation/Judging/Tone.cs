namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>The two tones of a patterned object.</summary>
internal enum Tone
{
    Own,
    Second,
}
