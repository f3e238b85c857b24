namespace RenderFarm.Persistence.Jobs;

/// <summary>A lease by which a worker holds a job.</summary>
public readonly record struct HeldJob(Guid JobId, int Epoch);
