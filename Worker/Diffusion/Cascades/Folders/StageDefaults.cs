using System.Text.Json.Serialization;
using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>
/// What cascade.json says about one stage. A key that is not one of these is refused: a misspelt one would silently change the pictures.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record StageDefaults
{
    public int? Steps { get; init; }

    public double? Guidance { get; init; }

    public int? NoiseLevel { get; init; }

    public string? Sampler { get; init; }

    public string? Timesteps { get; init; }

    public double? Eta { get; init; }

    public double? Strength { get; init; }

    public bool? MaskNoise { get; init; }

    public int? TopK { get; init; }

    public double? Temperature { get; init; }

    public int? PriorSteps { get; init; }

    public double? PriorGuidance { get; init; }

    public int? SuperResolutionSteps { get; init; }

    /// <summary>Most pictures this stage draws together, where that is less than the cascade's.</summary>
    public int? MaxBatch { get; init; }

    public StageSettings ToSettings() => new()
    {
        Steps = Steps, Guidance = Guidance, NoiseLevel = NoiseLevel, Sampler = Sampler, Timesteps = Timesteps, Eta = Eta, Strength = Strength, MaskNoise = MaskNoise, TopK = TopK, Temperature = Temperature,
        PriorSteps = PriorSteps, PriorGuidance = PriorGuidance, SuperResolutionSteps = SuperResolutionSteps,
    };
}
