namespace RenderFarm.Persistence.Storage;

/// <summary>What a checkpoint's key says.</summary>
internal sealed record CheckpointName(string Key, Guid JobId, int Epoch, int Stage, string Fingerprint, string Sha256);
