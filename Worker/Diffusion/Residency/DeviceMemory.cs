using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Residency;

/// <summary>How much memory a device has free.</summary>
internal static class DeviceMemory
{
    private const long KiB = 1 << 10, MiB = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>In bytes; null where it cannot be found out.</summary>
    public static long? FreeOn(Device device) => device.type switch
    {
        DeviceType.CPU => OfMachine(),
        DeviceType.CUDA => OfGpu(device.index),
        _ => null,
    };

    /// <summary>What the system says is available, and no more than a container's limit.</summary>
    private static long OfMachine()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        const string Source = "/proc/meminfo", Key = "MemAvailable:";
        if (!File.Exists(Source)) return limit;
        var line = File.ReadLines(Source).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && long.TryParse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var available)
            ? Math.Min(limit, available * KiB)
            : limit;
    }

    /// <summary>TorchSharp does not say; the driver's tool does.</summary>
    private static long? OfGpu(int index)
    {
        var visible = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',');
        var name = visible is null ? Math.Max(index, 0).ToString(CultureInfo.InvariantCulture) : visible.ElementAtOrDefault(Math.Max(index, 0));
        if (name is null) return null;
        try
        {
            using var asked = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=memory.free", "--format=csv,noheader,nounits", "-i", name]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var answer = asked.StandardOutput.ReadToEndAsync();
            if (!asked.WaitForExit(Patience))
            {
                asked.Kill();
                return null;
            }
            return long.TryParse(answer.GetAwaiter().GetResult().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var free) ? free * MiB : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
