namespace RenderFarm.Training.DiffusionTraining;

/// <summary>Which timesteps training sees more often than others.</summary>
public sealed record TimestepFocus
{
    /// <summary>Share drawn evenly from the noisiest 15 % of timesteps.</summary>
    public double NoisyShare { get; init; }

    /// <summary>Share drawn around <see cref="LogSnr"/>.</summary>
    public double Share { get; init; }

    /// <summary>Mean log signal-to-noise ratio of that share.</summary>
    public double LogSnr { get; init; }

    /// <summary>Its standard deviation.</summary>
    public double Deviation { get; init; } = 1.6;

    /// <summary>The same with another share of the noisiest timesteps; the rest keeps its proportions.</summary>
    public TimestepFocus WithNoisyShare(double share) => this with { NoisyShare = share, Share = Share * (1 - share) / (1 - NoisyShare) };
}
