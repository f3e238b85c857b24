using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>How a diffusion stage draws.</summary>
internal sealed record DiffusionPlan : StagePlan
{
    private const double MaskedStrength = 1;

    private bool _usesStart;

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

    /// <summary>What the settings ask for; null for <see cref="UsualStrength"/>.</summary>
    public double? Strength { get; init; }

    /// <summary>How much of the way from noise is gone with a start picture where nothing else is said; null for a stage that starts from none.</summary>
    public double? UsualStrength { get; init; }

    /// <summary>What size a start picture gives to what is drawn; null for a stage that starts from none.</summary>
    public StartCanvas? Canvas { get; init; }

    /// <summary>For a stage that enlarges whatever it is given; null for one that draws its own size.</summary>
    public Enlargement? Enlargement { get; init; }

    /// <inheritdoc cref="StageSettings.MaskNoise"/>
    public bool MaskNoise { get; init; }

    /// <summary>How many of the steps a start picture saves: the noisiest ones.</summary>
    public int Skipped { get; private init; }

    /// <inheritdoc />
    public override int Taken => Steps - Skipped;

    /// <inheritdoc />
    public override bool UsesStart => _usesStart;

    /// <inheritdoc />
    /// <remarks>Guidance and noise level may differ.</remarks>
    public override string BatchKey => FormattableString.Invariant($"{SamplerName.Of(Scheduler)}/{Steps}/{TimestepsText}/{Eta}/{(_usesStart ? $"start {Skipped} {MaskNoise} {Size}" : "")}");

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
        Refuse("a diffusion stage", ("top_k", settings.TopK), ("temperature", settings.Temperature), ("prior_steps", settings.PriorSteps), ("prior_guidance", settings.PriorGuidance), ("super_resolution_steps", settings.SuperResolutionSteps));
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
            Strength = settings.Strength, // not the usual one, which depends on the request
            UsualStrength = usual.Strength,
            MaskNoise = all.MaskNoise ?? false,
        };
        plan.Check(usual.NoiseLevel is not null);
        return plan;
    }

    /// <inheritdoc />
    public override StagePlan From(StartPicture? start, PictureSize? before)
    {
        if (start is not null && Enlargement is not null && before is { } small) return this with { Size = Enlargement.Of(small) };
        if (start is null || Canvas is null) return base.From(start, before);
        if (Scheduler.Kind == SamplerKind.Pndm)
            throw new SettingsException($"sampler is '{SamplerName.Of(Scheduler)}', which cannot begin at a picture: its first steps are needed for the later ones. Choose another: {string.Join(", ", SamplerName.All.Where(name => name != SamplerName.Of(Scheduler)))}.");
        var strength = Strength ?? (before is null && start.Mask is not null ? MaskedStrength : UsualStrength!.Value);
        // diffusers' rounding: down, from the product in double precision.
        var taken = Math.Min((int)(Steps * strength), Steps);
        if (taken == 0) throw new SettingsException(FormattableString.Invariant($"strength is {strength}, which of {Steps} steps leaves none; give at least {Math.Ceiling(1e4 / Steps) / 1e4}, or more steps."));
        return this with { Strength = strength, Skipped = Steps - taken, MaskNoise = MaskNoise && start.Mask is not null, Size = Canvas.Of(start.Picture.Size), _usesStart = true };
    }

    /// <summary>A sampler for one batch.</summary>
    public Sampler CreateSampler() => Sampler.Create(Scheduler, Steps, Timesteps, Eta);

    public override CascadeStage Describe(string key, int size, StageSettings defaults) => new()
    {
        Key = key, Size = size, Steps = Steps, Guidance = Guidance, NoiseLevel = NoiseLevel,
        Sampler = SamplerName.Of(Scheduler), Samplers = SamplerName.All, Timesteps = TimestepsText, Eta = defaults.Eta, TakesStart = UsualStrength is not null,
        TimestepLists = NamedTimesteps.Names.ToDictionary(name => name, name => NamedTimesteps.Find(name)!.Length),
    };

    public override StageProvenance ToProvenance(string key, string dtype) => new(key, SamplerName.Of(Scheduler), Steps, TimestepsText, Guidance, NoiseLevel, dtype)
    {
        Eta = Scheduler.Kind == SamplerKind.Ddim ? Eta : null, SchedulerSha256 = SchedulerSha256, NoisingSha256 = NoisingSha256,
        Strength = _usesStart ? Strength : null, MaskNoise = _usesStart && MaskNoise,
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
        if (Strength is <= 0 or > 1 or double.NaN) throw new SettingsException(FormattableString.Invariant($"strength is {Strength}; expected more than 0 and at most 1."));
        // Finds out now, before any picture is drawn, what the sampler would refuse.
        using var sampler = CreateSampler();
    }
}
