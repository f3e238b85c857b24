using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>A stage's settings with nothing left open.</summary>
internal sealed record StagePlan
{
    /// <summary>Far beyond what any model was drawn with; without a limit the numbers overflow and the picture is undefined.</summary>
    private const double MostGuidance = 1000;

    public required SchedulerConfig Scheduler { get; init; }

    public required int Steps { get; init; }

    /// <summary>The list asked for, or null if steps are spread evenly.</summary>
    public required IReadOnlyList<int>? Timesteps { get; init; }

    /// <summary><see cref="Timesteps"/> as the settings wrote it.</summary>
    public required string? TimestepsText { get; init; }

    public required double Guidance { get; init; }

    /// <summary>Super-resolution stages only.</summary>
    public required int? NoiseLevel { get; init; }

    public required double Eta { get; init; }

    /// <summary>
    /// Pictures can be drawn in one batch if this is equal: they take the same steps. Guidance and noise level may differ.
    /// </summary>
    public string BatchKey => FormattableString.Invariant($"{SamplerName.Of(Scheduler)}/{Steps}/{TimestepsText}/{Eta}");

    /// <param name="settings">After defaults.</param>
    /// <param name="usual">What holds where they are silent: steps, guidance and for super-resolution the noise level.</param>
    /// <param name="load">The stage's scheduler, as the given kind or its own.</param>
    /// <exception cref="SettingsException">A value no sampler accepts.</exception>
    public static StagePlan Resolve(StageSettings settings, StageSettings usual, Func<SamplerKind?, SchedulerConfig> load)
    {
        if (settings is { Steps: not null, Timesteps: not null })
        {
            throw new SettingsException("Both steps and timesteps are given; choose one.");
        }
        var all = settings.Over(usual);
        var scheduler = SamplerName.Apply(all.Sampler, load);
        int[]? timesteps = all.Timesteps is null ? null : TimestepText.Parse(all.Timesteps);
        var plan = new StagePlan
        {
            Scheduler = scheduler,
            Steps = timesteps?.Length ?? all.Steps!.Value,
            Timesteps = timesteps,
            TimestepsText = all.Timesteps,
            Guidance = all.Guidance!.Value,
            NoiseLevel = all.NoiseLevel,
            Eta = all.Eta ?? 0,
        };
        plan.Check(usual.NoiseLevel is not null);
        return plan;
    }

    /// <summary>A sampler for one batch.</summary>
    public Sampler CreateSampler() => Sampler.Create(Scheduler, Steps, Timesteps, Eta);

    public StageProvenance ToProvenance(string key, IStage stage) => new(key, SamplerName.Of(Scheduler), Steps, TimestepsText, Guidance, NoiseLevel, stage.Dtype)
    {
        Eta = Scheduler.Kind == SamplerKind.Ddim ? Eta : null, SchedulerSha256 = stage.SchedulerSha256, NoisingSha256 = stage.NoisingSha256,
    };

    private void Check(bool takesPicture)
    {
        if (Guidance is not (>= 0 and <= MostGuidance))
        {
            throw new SettingsException($"guidance is {Guidance}; expected 0 to {MostGuidance} (at most 1 means none).");
        }
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
