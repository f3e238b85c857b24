using RenderFarm.Contracts.Batches;

namespace RenderFarm.Contracts.Messages;

/// <summary>
/// Command to the farm: render these jobs. Checked and completed like the body of <c>POST /v1/batches</c>, stored whole or refused whole, and
/// answered by <see cref="BatchAccepted"/> or <see cref="BatchRejected"/>. The same message id of the same tenant is the same batch, however
/// often it is sent.
/// </summary>
public sealed record SubmitBatch
{
    /// <summary>Whose batch it is; 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit. Default: "default".</summary>
    public string? Tenant { get; init; }

    /// <summary>Model of jobs that name none.</summary>
    public string? Model { get; init; }

    /// <summary>Priority of jobs that name none.</summary>
    public int? Priority { get; init; }

    /// <summary>1 to 100,000 jobs; the message must be smaller than the broker allows (16 MiB unless it is told otherwise).</summary>
    public required IReadOnlyList<JobRequest> Jobs { get; init; }
}
