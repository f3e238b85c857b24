using RenderFarm.Contracts.Models;

namespace RenderFarm.Worker.Rendering;

/// <summary>
/// Draws pictures on one device. Made, used and disposed on one thread of its own; synchronous, because what it drives is bound to a thread.
/// </summary>
public interface IRenderer : IDisposable
{
    /// <summary>What it renders.</summary>
    ModelDescription Model { get; }

    /// <summary>Most works that one call may hold.</summary>
    int MaxBatch { get; }

    /// <summary>
    /// Renders works that can share a forward pass. Outcomes are those of the works, in their order. A work whose own token is canceled need
    /// not be finished. Throws <see cref="PermanentRenderException"/> where no other attempt would help, <see cref="DeviceMemoryException"/> where
    /// fewer works at once would, <see cref="DeviceFailedException"/> where the device is of no more use, OperationCanceledException when
    /// stopped; anything else counts as passing.
    /// </summary>
    IReadOnlyList<RenderOutcome> Render(IReadOnlyList<RenderWork> works, Action<RenderStep> progress, CancellationToken cancellationToken);
}
