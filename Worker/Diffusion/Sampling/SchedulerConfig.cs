namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// What a <c>scheduler_config.json</c> says, with diffusers' defaults for the keys it leaves out. The defaults depend on the scheduler's
/// class, so the same file read as another class (<see cref="Load"/> with a kind) may differ in more than the kind.
/// </summary>
internal sealed record SchedulerConfig
{
    public required SamplerKind Kind { get; init; }

    /// <summary>Number of noise levels the network was trained with; <c>num_train_timesteps</c>.</summary>
    public int TrainTimesteps { get; init; } = 1000;

    public BetaSchedule BetaSchedule { get; init; } = BetaSchedule.Linear;

    public double BetaStart { get; init; } = 0.0001;

    public double BetaEnd { get; init; } = 0.02;

    public PredictionType Prediction { get; init; } = PredictionType.Epsilon;

    /// <summary>Used by DDPM only; null where the file says null.</summary>
    public VarianceType? Variance { get; init; }

    /// <summary>
    /// Static thresholding: the predicted picture is clamped to ±<see cref="ClipRange"/>. Dynamic thresholding takes precedence.
    /// </summary>
    public bool ClipSample { get; init; }

    public double ClipRange { get; init; } = 1;

    /// <summary>Dynamic thresholding; <c>thresholding</c>.</summary>
    public bool DynamicThreshold { get; init; }

    /// <summary><c>dynamic_thresholding_ratio</c>.</summary>
    public double ThresholdRatio { get; init; } = 0.995;

    /// <summary><c>sample_max_value</c>.</summary>
    public double ThresholdMaximum { get; init; } = 1;

    public TimestepSpacing Spacing { get; init; }

    public int StepsOffset { get; init; }

    /// <summary>DDIM and PNDM: whether the last step lands on ᾱ = 1 instead of ᾱ₀.</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>PNDM: whether it begins with steps of Runge and Kutta's method; the opposite of <c>skip_prk_steps</c>.</summary>
    public bool RungeKuttaSteps { get; init; }

    /// <summary>DPM-Solver++: 1 or 2.</summary>
    public int SolverOrder { get; init; } = 2;

    public SolverType SolverType { get; init; }

    /// <summary>DPM-Solver++ as a stochastic differential equation; <c>algorithm_type</c> sde-dpmsolver++.</summary>
    public bool Stochastic { get; init; }

    public bool LowerOrderFinal { get; init; } = true;

    public bool EulerAtFinal { get; init; }

    public bool KarrasSigmas { get; init; }

    /// <summary>DPM-Solver++: noise levels whose half log signal-to-noise ratio is below this are skipped; −∞ keeps all.</summary>
    public double LambdaMinClipped { get; init; } = double.NegativeInfinity;

    /// <summary>DPM-Solver++ and Euler: whether the last step lands on no noise (zero) or on the least trained noise (sigma_min).</summary>
    public bool FinalSigmaIsZero { get; init; } = true;

    /// <summary>Bounds of Karras' sigmas where the file sets them.</summary>
    public double? SigmaMin { get; init; }

    /// <inheritdoc cref="SigmaMin"/>
    public double? SigmaMax { get; init; }

    /// <summary>
    /// Whether a step's α and β are float32 numbers as diffusers' UnCLIPScheduler makes them: of an α below 6e-8, as it is where a step begins at the noisiest level, nothing
    /// is left, and the last step's β is that of the schedule's table, by up to a thousandth another than 1 − ᾱ₀. Public pictures are drawn so.
    /// </summary>
    public bool RoundsSteps { get; init; }

    /// <summary>Whether the network's output carries variance channels that the sampler uses.</summary>
    public bool LearnsVariance => Kind == SamplerKind.Ddpm && Variance is VarianceType.Learned or VarianceType.LearnedRange;

    /// <summary>Reads the file.</summary>
    /// <param name="path">A <c>scheduler_config.json</c>.</param>
    /// <param name="kind">Another scheduler to use with the same noise schedule, or null for the one the file names.</param>
    /// <exception cref="InvalidDataException">The file asks for something there is no code for; the text names key and value.</exception>
    public static SchedulerConfig Load(string path, SamplerKind? kind = null) =>
        SchedulerConfigReader.Open(path).Read(kind);
}
