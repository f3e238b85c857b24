namespace RenderFarm.Persistence.Jobs;

/// <summary>What a sweep did.</summary>
/// <param name="Requeued">Jobs whose worker went silent, now waiting again.</param>
/// <param name="Failed">Jobs whose worker went silent at the last attempt.</param>
/// <param name="Redispatched">Waiting jobs whose message must be sent again.</param>
public sealed record SweepReport(int Requeued, int Failed, int Redispatched);
