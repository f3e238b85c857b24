using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Pictures;

namespace RenderFarm.Contracts.Jobs;

/// <summary>Answer of <c>GET /v1/jobs/{id}</c>.</summary>
public sealed record JobStatus
{
    public required Guid Id { get; init; }
    public required Guid BatchId { get; init; }
    public required string Tenant { get; init; }
    public required string CustomId { get; init; }
    public required JobState State { get; init; }
    public required string Model { get; init; }
    public required int Priority { get; init; }
    public required string Prompt { get; init; }
    public string? NegativePrompt { get; init; }
    public required long Seed { get; init; }

    /// <summary>Settings by stage, the model's defaults filled in when the job was accepted.</summary>
    public required IReadOnlyDictionary<string, StageSettings> Settings { get; init; }

    /// <summary>Pictures that it names, by role: start, mask, reference.</summary>
    public IReadOnlyDictionary<string, InputPicture> Inputs { get; init; } = new Dictionary<string, InputPicture>();

    /// <summary>Times that a worker began the job.</summary>
    public required int Attempts { get; init; }

    /// <summary>Name of the worker that has the job, or had it last.</summary>
    public string? Worker { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Present while running, once the first step is reported.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Present while running, from the first preview on.</summary>
    public JobPreview? Preview { get; init; }

    /// <summary>Stages in order; empty until succeeded.</summary>
    public required IReadOnlyList<StageTiming> Timings { get; init; }

    /// <summary>Words of the prompt that the model never learned.</summary>
    public required IReadOnlyList<string> UnknownWords { get; init; }

    /// <summary>What the picture was made with (model, weights' SHA-256, version …); also in its PNG text.</summary>
    public required IReadOnlyDictionary<string, string> Provenance { get; init; }
    public required IReadOnlyList<JobOutput> Outputs { get; init; }

    /// <summary>The last attempt's error, if any attempt failed.</summary>
    public JobError? Error { get; init; }
}
