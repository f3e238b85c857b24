using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RenderFarm.ServerTesting.Links;

/// <summary>The way of one process to one server: a proxy on loopback that can be cut, stalled, slowed, or fall silent.</summary>
public sealed class TcpLink : IDisposable
{
    private const int Chunk = 16 * 1024;
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(40);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<LinkConnection, bool> _connections = new();
    private readonly int _target;
    private volatile TaskCompletionSource _flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LinkState _state = LinkState.Open;

    public TcpLink(int target)
    {
        _target = target;
        _flowing.SetResult();
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public void Set(LinkState state)
    {
        _state = state;
        var before = _flowing;
        if (state == LinkState.Stalled && before.Task.IsCompleted)
            _flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (state != LinkState.Stalled)
            before.TrySetResult();
        if (state == LinkState.Cut)
            foreach (var connection in _connections.Keys)
                connection.Dispose();
    }

    /// <summary>Today's connections never carry a byte again, and nobody is told; new ones work.</summary>
    public void Silence()
    {
        foreach (var connection in _connections.Keys)
            connection.IsSilent = true;
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        Set(LinkState.Cut);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var end = _end.Token;
        while (!end.IsCancellationRequested)
            try
            {
                var client = await _listener.AcceptSocketAsync(end);
                _ = _state == LinkState.Cut ? Refuse(client) : ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Ended, or the client is gone already.
            }
    }

    private static Task Refuse(Socket client)
    {
        client.Dispose();
        return Task.CompletedTask;
    }

    private async Task ServeAsync(Socket client)
    {
        using var connection = new LinkConnection(client, new Socket(SocketType.Stream, ProtocolType.Tcp));
        _connections.TryAdd(connection, true);
        try
        {
            await connection.Server.ConnectAsync(IPAddress.Loopback, _target, connection.Ended);
            client.NoDelay = connection.Server.NoDelay = true;
            await Task.WhenAny(CarryAsync(connection, client, connection.Server), CarryAsync(connection, connection.Server, client));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut, or the server is down.
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }

    private async Task CarryAsync(LinkConnection connection, Socket from, Socket to)
    {
        var buffer = new byte[Chunk];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer.AsMemory(0, _state == LinkState.Slow ? Chunk / 16 : Chunk), connection.Ended)) > 0;)
            {
                if (connection.IsSilent)
                    continue;
                await _flowing.Task.WaitAsync(connection.Ended);
                if (_state == LinkState.Slow)
                    await Task.Delay(Lateness, connection.Ended);
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), connection.Ended);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut, or one end is gone: the other is closed with it.
        }
    }
}
