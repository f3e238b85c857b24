using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Chaos.Evidence;

/// <summary>What a run left behind: everything that the invariants are judged by.</summary>
internal sealed record Findings
{
    public required IReadOnlyDictionary<Guid, Load.Submission> Accepted { get; init; }
    public required IReadOnlyCollection<Contracts.Batches.BatchStatus> Canceled { get; init; }
    public required IReadOnlyList<string> KeyFaults { get; init; }
    public required IReadOnlyList<JobRow> Jobs { get; init; }
    public required IReadOnlyList<OutputRow> Outputs { get; init; }
    public required ILookup<Guid, Change> History { get; init; }

    /// <summary>Size and digest of what the bucket holds, by key.</summary>
    public required IReadOnlyDictionary<string, (long Size, string Sha256)> Objects { get; init; }

    /// <summary>What jobs of the real model drew.</summary>
    public required IReadOnlyDictionary<Guid, Picture> Pictures { get; init; }

    /// <summary>Objects that no job referred to before the collection.</summary>
    public required int Stranded { get; init; }

    /// <summary>Ids of the messages that a hearer got, by event and subject.</summary>
    public required ILookup<(string Type, Guid Subject), Guid> Events { get; init; }

    /// <summary>Batches whose counters differ from their jobs, in words.</summary>
    public required IReadOnlyList<string> WrongCounters { get; init; }

    /// <summary>Resident memory in MiB of each life, in order of time.</summary>
    public required IReadOnlyDictionary<string, List<(DateTimeOffset At, int Size)>> Memory { get; init; }
    public required IReadOnlyList<string> Unexplained { get; init; }

    /// <inheritdoc cref="Faults.FaultInjector.Standstills"/>
    public required IReadOnlyList<(DateTimeOffset From, DateTimeOffset Until)> Standstills { get; init; }

    /// <summary>What did not come to rest in the time that it had, in words.</summary>
    public required IReadOnlyList<string> Unrest { get; init; }
}
