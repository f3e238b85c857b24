using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Persistence.Storage;

/// <summary>What a preview's key says.</summary>
/// <param name="Key">Whole.</param>
/// <param name="Job">The job, and the epoch of the attempt that it is of.</param>
/// <param name="Number">From 1, one more for each preview of the attempt.</param>
/// <param name="Stage">Name of the stage that it shows.</param>
/// <param name="Step">Steps of it that were done.</param>
/// <param name="Steps">Steps of it in all.</param>
/// <param name="Sha256">Of the PNG, lower-case hexadecimal.</param>
public sealed record PreviewName(string Key, HeldJob Job, int Number, string Stage, int Step, int Steps, string Sha256);
