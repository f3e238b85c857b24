using RenderFarm.Contracts.Models;

namespace RenderFarm.Persistence.Models;

/// <summary>A model that workers know.</summary>
/// <param name="Description">What they say about it.</param>
/// <param name="SeenAt">When a worker last reported for it.</param>
/// <param name="IsPaused">Whether the operator holds back its jobs.</param>
public sealed record KnownModel(ModelDescription Description, DateTimeOffset SeenAt, bool IsPaused);
