namespace RenderFarm.Persistence.Storage;

/// <summary>A picture of a running job as far as it is drawn.</summary>
/// <param name="Number">From 1, one more for each preview of the attempt.</param>
/// <param name="Stage">Name of the stage that it shows: letters, digits, '_' and '-'.</param>
/// <param name="Step">Steps of it that are done.</param>
/// <param name="Steps">Steps of it in all.</param>
/// <param name="Png">The file.</param>
public sealed record NewPreview(int Number, string Stage, int Step, int Steps, ReadOnlyMemory<byte> Png);
