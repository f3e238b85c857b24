namespace RenderFarm.Training.Progress;

/// <summary>Where a run stands.</summary>
/// <param name="Step">Optimiser steps taken.</param>
/// <param name="TotalSteps">Steps that the run will take.</param>
/// <param name="Samples">Examples seen.</param>
/// <param name="Seconds">Time spent so far, earlier sittings included.</param>
/// <param name="Loss">Mean loss since the last report.</param>
/// <param name="GradientNorm">Norm before clipping, of the last step.</param>
/// <param name="LearningRate">Of the last step.</param>
public sealed record TrainingProgress(
    long Step, long TotalSteps, long Samples, double Seconds, double Loss, double GradientNorm, double LearningRate);
