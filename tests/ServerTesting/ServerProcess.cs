using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace RenderFarm.ServerTesting;

/// <summary>Starts servers that end with this process, however it ends.</summary>
public static class ServerProcess
{
    /// <summary>
    /// Runs a script that starts a server in the background and notes its process as <c>server</c>. It waits for the end of our input, which
    /// is closed on request or by the end of this process, and then runs <paramref name="end"/>.
    /// </summary>
    public static Process Start(string begin, string end, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"{begin}\ncat >/dev/null || true\n{end}"]) { RedirectStandardInput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>A loopback port that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A port of which all the neighbours at these distances are free, too.</summary>
    public static int FreePort(int from, int below, params int[] distances)
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        return Enumerable.Range(from, below - from).Where(port => distances.All(distance => !taken.Contains(port + distance)))
            .OrderBy(_ => Random.Shared.Next()).First();
    }
}
