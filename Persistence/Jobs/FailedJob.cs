using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Persistence.Jobs;

internal sealed record FailedJob(Guid Id, Guid BatchId, string CustomId, string Model, JobError Error);
