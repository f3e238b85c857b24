namespace RenderFarm.Persistence.Jobs;

/// <summary>A wish to have a job.</summary>
/// <param name="JobId">The job that a message names.</param>
/// <param name="TakeOver">Whether the message came back because its former worker lost the broker: then the lease need not be waited out.</param>
public sealed record ClaimRequest(Guid JobId, bool TakeOver = false);
