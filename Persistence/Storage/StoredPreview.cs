namespace RenderFarm.Persistence.Storage;

/// <summary>A preview that the store was seen to hold a moment ago; a newer one may take its place at any time.</summary>
public sealed record StoredPreview(PreviewName Name, DateTimeOffset WrittenAt);
