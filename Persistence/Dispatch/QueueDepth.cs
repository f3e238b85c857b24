namespace RenderFarm.Persistence.Dispatch;

/// <summary>Unfinished jobs of a model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Waiting">Those in the database alone.</param>
/// <param name="Dispatched">Those whose message waits for a worker.</param>
/// <param name="Running">Those that a worker has.</param>
public sealed record QueueDepth(string Model, int Waiting, int Dispatched, int Running);
