using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>How an unCLIP draws. Steps and guidance are the decoder's, as its picture is what both show in; prior and super-resolution have settings of their own.</summary>
internal sealed record UnClipPlan : StagePlan
{
    private const string Kind = "an unCLIP";

    private const string SamplerName = "unclip";

    /// <summary>diffusers' defaults.</summary>
    private static readonly StageSettings Usual = new() { Steps = 25, Guidance = 8, PriorSteps = 25, PriorGuidance = 4, SuperResolutionSteps = 7 };

    public required int PriorSteps { get; init; }

    /// <summary>At most 1 means none.</summary>
    public required double PriorGuidance { get; init; }

    public required int SuperResolutionSteps { get; init; }

    /// <summary>SHA-256 of what sha256sum prints for the schedulers' files.</summary>
    public required string SchedulerSha256 { get; init; }

    public override bool IsGuided => base.IsGuided || Sampling.Guidance.IsGuided(PriorGuidance);

    /// <summary>The steps of all three parts.</summary>
    public override int Taken => PriorSteps + Steps + SuperResolutionSteps;

    /// <inheritdoc />
    /// <remarks>Guidance may differ.</remarks>
    public override string BatchKey => $"unclip/{PriorSteps}/{Steps}/{SuperResolutionSteps}";

    /// <param name="settings">After defaults.</param>
    /// <param name="schedulers">Say how many steps there may be.</param>
    /// <exception cref="SettingsException">A setting that such a stage does not know, or a value that it does not take.</exception>
    public static UnClipPlan Resolve(StageSettings settings, UnClipSchedulers schedulers)
    {
        Refuse(Kind,
            ("timesteps", settings.Timesteps), ("sampler", settings.Sampler), ("noise_level", settings.NoiseLevel), ("eta", settings.Eta), ("strength", settings.Strength),
            ("mask_noise", settings.MaskNoise), ("top_k", settings.TopK), ("temperature", settings.Temperature));
        var all = settings.Over(Usual);
        var plan = new UnClipPlan
        {
            Steps = all.Steps!.Value, Guidance = CheckedGuidance(all.Guidance!.Value), PriorSteps = all.PriorSteps!.Value, PriorGuidance = CheckedGuidance(all.PriorGuidance!.Value),
            SuperResolutionSteps = all.SuperResolutionSteps!.Value, SchedulerSha256 = schedulers.Sha256,
        };
        // Throws where there is no such number of steps.
        schedulers.Prior.Timesteps(plan.PriorSteps);
        schedulers.Decoder.Timesteps(plan.Steps);
        schedulers.SuperResolution.Timesteps(plan.SuperResolutionSteps);
        return plan;
    }

    public override CascadeStage Describe(string key, int size, StageSettings defaults) => new()
    {
        Key = key, Size = size, Steps = Steps, Guidance = Guidance, PriorSteps = PriorSteps, PriorGuidance = PriorGuidance, SuperResolutionSteps = SuperResolutionSteps,
        Sampler = null, Samplers = [], TimestepLists = new Dictionary<string, int>(),
    };

    public override StageProvenance ToProvenance(string key, string dtype) => new(key, SamplerName, Steps, Timesteps: null, Guidance, NoiseLevel: null, dtype)
    {
        Eta = null, SchedulerSha256 = SchedulerSha256, PriorSteps = PriorSteps, PriorGuidance = PriorGuidance, SuperResolutionSteps = SuperResolutionSteps,
    };
}
