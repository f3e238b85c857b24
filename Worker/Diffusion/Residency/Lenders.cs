using RenderFarm.Diffusion.Cascades;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Residency;

/// <summary>
/// Decides for each device whether all of a cascade's parts stay loaded there or take turns. Three quarters of the memory are for weights, the rest
/// for what is computed with them.
/// </summary>
internal sealed class Lenders
{
    private const double ShareOfWeights = 0.75;

    private readonly Dictionary<string, Lender> _byDevice;

    private Lenders(Dictionary<string, Lender> byDevice) => _byDevice = byDevice;

    /// <summary>Whether parts take turns on any device.</summary>
    public bool Any => _byDevice.Count > 0;

    /// <param name="parts">Of the whole cascade.</param>
    /// <param name="memory">Bytes on each device; null for what is free there.</param>
    /// <exception cref="CascadeException">A single part does not fit.</exception>
    public static Lenders For(IReadOnlyList<ModelPart> parts, long? memory)
    {
        var lenders = new Dictionary<string, Lender>(StringComparer.Ordinal);
        foreach (var device in parts.GroupBy(part => part.Placement.Device.ToString(), StringComparer.Ordinal))
        {
            var bytes = memory ?? DeviceMemory.FreeOn(device.First().Placement.Device);
            if (bytes is null || MemoryForAll(device) <= bytes) continue;
            var largest = device.MaxBy(part => part.Bytes)!;
            if (largest.Bytes > bytes)
            {
                throw new CascadeException(
                    $"{largest.Name} has {GiB(largest.Bytes)} of weights in {DtypeChoice.NameOf(largest.Placement.Dtype)}, and {device.Key} has {GiB(bytes.Value)} of memory for the model. " +
                    "Give it more, another device or a smaller number format.");
            }
            lenders.Add(device.Key, new Lender());
        }
        return new Lenders(lenders);
    }

    /// <summary>With so many bytes all parts stay loaded.</summary>
    public static long MemoryForAll(IEnumerable<ModelPart> parts) => (long)(parts.Sum(part => part.Bytes) / ShareOfWeights);

    /// <summary>With fewer bytes than this not even turns leave the usual room to compute.</summary>
    public static long MemoryForTurns(IEnumerable<ModelPart> parts) => (long)(parts.Max(part => part.Bytes) / ShareOfWeights);

    /// <summary>Who lends a device's memory; null where there is enough for all.</summary>
    public Lender? Of(Device device) => _byDevice.GetValueOrDefault(device.ToString());

    private static string GiB(long bytes) => FormattableString.Invariant($"{bytes / (double)(1 << 30):0.###} GiB");
}
