using RenderFarm.Contracts.Batches;

namespace RenderFarm.Contracts.Messages;

/// <summary>A batch that was submitted by message is not accepted; nothing of it was stored.</summary>
public sealed record BatchRejected
{
    /// <summary>As the message gave it.</summary>
    public required string Tenant { get; init; }

    /// <summary>Id of the message that submitted it; absent where it had none.</summary>
    public string? Key { get; init; }

    /// <summary>What is wrong, at least one thing.</summary>
    public required IReadOnlyList<InputError> Errors { get; init; }
}
