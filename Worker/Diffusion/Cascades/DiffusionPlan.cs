using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>How a diffusion stage draws.</summary>
internal sealed record DiffusionPlan : StagePlan
{
    public required SchedulerConfig Scheduler { get; init; }

    /// <summary>SHA-256 of the scheduler's configuration file.</summary>
    public required string SchedulerSha256 { get; init; }

    /// <summary>That of the scheduler which puts noise on the smaller picture; null for a stage that takes none.</summary>
    public string? NoisingSha256 { get; init; }

    /// <summary>The list asked for, or null if steps are spread evenly.</summary>
    public required IReadOnlyList<int>? Timesteps { get; init; }

    /// <summary><see cref="Timesteps"/> as the settings wrote it.</summary>
    public required string? TimestepsText { get; init; }

    /// <summary>Super-resolution stages only.</summary>
    public required int? NoiseLevel { get; init; }

    public required double Eta { get; init; }

    /// <inheritdoc />
    /// <remarks>Guidance and noise level may differ.</remarks>
    public override string BatchKey => FormattableString.Invariant($"{SamplerName.Of(Scheduler)}/{Steps}/{TimestepsText}/{Eta}");

    /// <param name="settings">After defaults.</param>
    /// <param name="usual">What holds where they are silent: steps, guidance and for super-resolution the noise level.</param>
    /// <param name="scheduler">The stage's; <see cref="StageSettings.Sampler"/> exchanges its kind.</param>
    /// <param name="adjust">What the stage's pipeline changes about every scheduler; null for nothing.</param>
    /// <exception cref="SettingsException">A value no sampler accepts.</exception>
    public static DiffusionPlan Resolve(StageSettings settings, StageSettings usual, SchedulerConfigReader scheduler, Func<SchedulerConfig, SchedulerConfig>? adjust = null)
    {
        if (settings is { Steps: not null, Timesteps: not null })
        {
            throw new SettingsException("Both steps and timesteps are given; choose one.");
        }
        Refuse("a diffusion stage", ("top_k", settings.TopK), ("temperature", settings.Temperature));
        var all = settings.Over(usual);
        var config = SamplerName.Apply(all.Sampler, scheduler.Read);
        config = adjust?.Invoke(config) ?? config;
        int[]? timesteps = all.Timesteps is null ? null : TimestepText.Parse(all.Timesteps);
        var plan = new DiffusionPlan
        {
            Scheduler = config,
            SchedulerSha256 = scheduler.Sha256,
            Steps = timesteps?.Length ?? all.Steps!.Value,
            Timesteps = timesteps,
            TimestepsText = all.Timesteps,
            Guidance = CheckedGuidance(all.Guidance!.Value),
            NoiseLevel = all.NoiseLevel,
            Eta = all.Eta ?? 0,
        };
        plan.Check(usual.NoiseLevel is not null);
        return plan;
    }

    /// <summary>A sampler for one batch.</summary>
    public Sampler CreateSampler() => Sampler.Create(Scheduler, Steps, Timesteps, Eta);

    public override CascadeStage Describe(string key, int size, StageSettings defaults) => new()
    {
        Key = key, Size = size, Steps = Steps, Guidance = Guidance, NoiseLevel = NoiseLevel,
        Sampler = SamplerName.Of(Scheduler), Samplers = SamplerName.All, Timesteps = TimestepsText, Eta = defaults.Eta,
        TimestepLists = NamedTimesteps.Names.ToDictionary(name => name, name => NamedTimesteps.Find(name)!.Length),
    };

    public override StageProvenance ToProvenance(string key, string dtype) => new(key, SamplerName.Of(Scheduler), Steps, TimestepsText, Guidance, NoiseLevel, dtype)
    {
        Eta = Scheduler.Kind == SamplerKind.Ddim ? Eta : null, SchedulerSha256 = SchedulerSha256, NoisingSha256 = NoisingSha256,
    };

    private void Check(bool takesPicture)
    {
        if (NoiseLevel is { } level && !takesPicture)
        {
            throw new SettingsException($"noise_level is {level}, but the first stage has no picture to put noise on.");
        }
        if (NoiseLevel < 0 || NoiseLevel >= Scheduler.TrainTimesteps)
        {
            throw new SettingsException($"noise_level is {NoiseLevel}; expected 0 to {Scheduler.TrainTimesteps - 1}.");
        }
        // Finds out now, before any picture is drawn, what the sampler would refuse.
        using var sampler = CreateSampler();
    }
}
