namespace RenderFarm.Training.Evaluation;

/// <summary>What pictures are drawn from.</summary>
public enum EvaluationTask
{
    /// <summary>Captions alone.</summary>
    Captions,

    /// <summary>A reference picture alone: its scene has to be kept.</summary>
    Variations,

    /// <summary>A reference picture and an instruction: what it says has to change, and nothing else.</summary>
    Edits,
}
