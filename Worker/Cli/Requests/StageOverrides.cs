namespace RenderFarm.Cli.Requests;

/// <summary>What a request sets for one stage; null takes the model's default.</summary>
internal sealed record StageOverrides(int? Steps, double? Guidance, int? NoiseLevel, string? Sampler);
