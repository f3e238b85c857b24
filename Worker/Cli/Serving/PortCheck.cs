using System.Net;
using System.Net.Sockets;
using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Serving;

/// <summary>Looks whether a port can be had before the farm opens its files.</summary>
internal static class PortCheck
{
    /// <exception cref="ToolException">Another program has the port, or this user may not take it.</exception>
    public static void Demand(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException error)
        {
            throw new ToolException($"Port {port} of 127.0.0.1 cannot be taken ({error.Message}); stop the program that uses it, or choose another with --port.", error);
        }
    }
}
