namespace RenderFarm.Persistence.Storage;

/// <summary>An address at which whoever knows it can fetch one object from the store itself, for a while.</summary>
public sealed record ObjectLink(Uri Url, DateTimeOffset ExpiresAt);
