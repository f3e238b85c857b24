using System.Collections.ObjectModel;
using RenderFarm.Contracts.Messages;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>Messages to send for jobs that are marked as dispatched. Until they are confirmed under <see cref="Id"/>, their marks hold for a time only.</summary>
public sealed class Sending(Guid id, IList<RenderPrompt> messages) : ReadOnlyCollection<RenderPrompt>(messages)
{
    public Guid Id { get; } = id;
}
