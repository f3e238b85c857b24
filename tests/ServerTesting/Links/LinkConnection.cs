using System.Net.Sockets;

namespace RenderFarm.ServerTesting.Links;

/// <summary>One connection over a link: from the process, and on to the server.</summary>
public sealed class LinkConnection : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private volatile bool _isSilent;

    public LinkConnection(Socket client, Socket server) => (Client, Server, Ended) = (client, server, _end.Token);

    public Socket Client { get; }

    public Socket Server { get; }

    /// <summary>Canceled when the connection is cut.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Whether what is sent on it is swallowed.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    public void Dispose()
    {
        // Twice, perhaps at the same time: by the cut and by whoever served it.
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        Client.Dispose();
        Server.Dispose();
        _end.Dispose();
    }
}
