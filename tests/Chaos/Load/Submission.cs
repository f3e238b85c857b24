namespace RenderFarm.Chaos.Load;

/// <summary>One batch that somebody sends.</summary>
/// <param name="At">Since the run's beginning.</param>
/// <param name="Tenant">Who sends it.</param>
/// <param name="Key">Its idempotency key.</param>
/// <param name="Body">JSON Lines.</param>
/// <param name="Jobs">How many.</param>
internal sealed record Submission(TimeSpan At, string Tenant, string Key, string Body, int Jobs);
