namespace RenderFarm.Training.Optimization;

/// <summary>AdamW's constants.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay, multiplied by the learning rate.</param>
/// <param name="LargestNorm">The gradient's norm is scaled down to this.</param>
public sealed record AdamWOptions(
    double Beta1 = 0.9, double Beta2 = 0.99, double Epsilon = 1e-8, double WeightDecay = 0.01, double LargestNorm = 1.0);
