using System.Globalization;
using RenderFarm.Chaos.Farms;

namespace RenderFarm.Chaos.Faults;

/// <summary>One entry of the schedule.</summary>
/// <param name="At">Since the run's beginning.</param>
/// <param name="Lasts">Until it is undone.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Victim">Number of the process that it happens to, where it happens to one.</param>
/// <param name="Server">The server whose connections it concerns, where it concerns connections.</param>
internal sealed record Fault(TimeSpan At, TimeSpan Lasts, FaultKind Kind, int Victim, Server Server)
{
    public override string ToString()
    {
        var whom = Kind switch
        {
            FaultKind.KillWorker or FaultKind.FreezeWorker => $" {Victim}",
            FaultKind.KillApi or FaultKind.FreezeApi => $" {Victim}",
            FaultKind.Cut or FaultKind.Stall or FaultKind.Slow or FaultKind.Silence => $" process {Victim} to {Server}",
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds,6:F1} s  {Kind}{whom} for {Lasts.TotalSeconds:F1} s");
    }
}
