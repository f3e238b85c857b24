using RenderFarm.Diffusion.Cascades;

namespace RenderFarm.Cli.Serving;

/// <summary>What a standalone farm is started with.</summary>
/// <param name="Model">Folder of the model it draws with.</param>
/// <param name="Cascade">Where the model computes, and how.</param>
/// <param name="Data">Folder of the database and the pictures.</param>
/// <param name="Port">Port on the loopback address; 0 for any free one.</param>
/// <param name="IsThrowaway">Its data is gone with the command: errors are told by the command, and what is being drawn when it stops is not waited for.</param>
/// <param name="IsVerbose">A farm that goes with its command logs errors, too.</param>
internal sealed record StandaloneFarmSettings(string Model, CascadeOptions Cascade, string Data, int Port, bool IsThrowaway, bool IsVerbose = false);
