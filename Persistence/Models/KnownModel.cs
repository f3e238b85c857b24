using RenderFarm.Contracts.Models;

namespace RenderFarm.Persistence.Models;

/// <summary>A model and when a worker last reported for it.</summary>
public sealed record KnownModel(ModelDescription Description, DateTimeOffset SeenAt);
