namespace RenderFarm.Training.Evaluation;

/// <summary>The two tones of a patterned object.</summary>
internal enum Tone
{
    Own,
    Second,
}
