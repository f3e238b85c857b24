using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>How a stage that writes tokens draws.</summary>
internal sealed record TokenPlan : StagePlan
{
    /// <summary>
    /// The original demo's guidance, min-dalle's number of likeliest tokens. Temperatures beyond <see cref="MostTemperature"/> make all tokens alike.
    /// </summary>
    private const double UsualGuidance = 10, UsualTemperature = 1, MostTemperature = 100;

    private const int UsualTopK = 256;

    private const string Kind = "a stage that writes tokens";

    public required int TopK { get; init; }

    public required double Temperature { get; init; }

    /// <inheritdoc />
    /// <remarks>All may differ but the number of tokens, which is the model's.</remarks>
    public override string BatchKey => $"{Steps} tokens";

    public TokenChoice Choice => new(Guidance, TopK, Temperature);

    /// <param name="settings">After defaults.</param>
    /// <param name="length">T: tokens per picture.</param>
    /// <param name="codes">Tokens to choose from.</param>
    /// <exception cref="SettingsException">A setting that such a stage does not know, or a value that it does not take.</exception>
    public static TokenPlan Resolve(StageSettings settings, long length, int codes)
    {
        Refuse(Kind, ("steps", settings.Steps), ("timesteps", settings.Timesteps), ("sampler", settings.Sampler), ("noise_level", settings.NoiseLevel), ("eta", settings.Eta),
            ("prior_steps", settings.PriorSteps), ("prior_guidance", settings.PriorGuidance), ("super_resolution_steps", settings.SuperResolutionSteps));
        if (settings.TopK < 1) throw new SettingsException($"top_k is {settings.TopK}; expected 1 or more ({codes} and more draw from all tokens).");
        var temperature = settings.Temperature ?? UsualTemperature;
        if (temperature is not (>= 0 and <= MostTemperature))
            throw new SettingsException(FormattableString.Invariant($"temperature is {temperature}; expected 0 (the likeliest token) to {MostTemperature}."));
        return new TokenPlan
        {
            Steps = (int)length, Guidance = CheckedGuidance(settings.Guidance ?? UsualGuidance), TopK = Math.Min(settings.TopK ?? UsualTopK, codes), Temperature = temperature,
        };
    }

    public override CascadeStage Describe(string key, int size, StageSettings defaults) => new()
    {
        Key = key, Size = size, Steps = Steps, Guidance = Guidance, TopK = TopK, Temperature = Temperature, Sampler = null, Samplers = [],
        TimestepLists = new Dictionary<string, int>(),
    };

    public override StageProvenance ToProvenance(string key, string dtype) => new(key, Sampler: null, Steps, Timesteps: null, Guidance, NoiseLevel: null, dtype)
    {
        Eta = null, SchedulerSha256 = null, TopK = TopK, Temperature = Temperature,
    };
}
