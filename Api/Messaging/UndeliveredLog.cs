using RenderFarm.Contracts.Messages;

namespace RenderFarm.Api.Messaging;

/// <summary>Remembers what was given up, for those who ask.</summary>
internal sealed class UndeliveredLog(TimeProvider time)
{
    private readonly Lock _gate = new();
    private UndeliveredMessages _messages = new() { Count = 0 };

    public UndeliveredMessages Messages
    {
        get
        {
            lock (_gate)
                return _messages;
        }
    }

    public void Add(Guid? job, string reason)
    {
        lock (_gate)
            _messages = new() { Count = _messages.Count + 1, LastJobId = job, LastReason = reason, LastAt = time.GetUtcNow() };
    }
}
