using System.Text.Json;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Api.Jobs;

/// <summary>Rows of jobs as the API shows them.</summary>
internal static class JobAnswers
{
    public static JobSummary Summary(Job job) => new()
    {
        Id = job.Id,
        CustomId = job.CustomId,
        State = job.State,
        Prompt = job.Prompt,
        Seed = job.Seed,
        Attempts = job.Attempts,
        Error = Error(job),
        Url = $"/v1/jobs/{job.Id}",
        Outputs = Outputs(job),
    };

    public static JobStatus Status(Job job, JobPreview? preview)
    {
        var report = job.Report is null ? null : JsonSerializer.Deserialize<JobReport>(job.Report, FarmJson.Options);
        return new()
        {
            Id = job.Id,
            BatchId = job.BatchId,
            Tenant = job.Tenant,
            CustomId = job.CustomId,
            State = job.State,
            Model = job.Model,
            Priority = job.Priority,
            Prompt = job.Prompt,
            NegativePrompt = job.NegativePrompt,
            Seed = job.Seed,
            Settings = JsonSerializer.Deserialize<Dictionary<string, StageSettings>>(job.Settings, FarmJson.Options)!,
            Inputs = job.Inputs is null ? NewJob.None : JsonSerializer.Deserialize<Dictionary<string, InputPicture>>(job.Inputs, FarmJson.Options)!,
            Attempts = job.Attempts,
            Worker = job.Worker,
            CreatedAt = job.CreatedAt,
            StartedAt = job.StartedAt,
            FinishedAt = job.FinishedAt,
            Progress = job is { State: JobState.Running, Stage: { } stage } ? new() { Stage = stage, Step = job.Step ?? 0, Steps = job.Steps ?? 0 } : null,
            Preview = preview,
            Timings = report?.Timings ?? [],
            UnknownWords = report?.UnknownWords ?? [],
            Provenance = report?.Provenance ?? new Dictionary<string, string>(),
            Outputs = Outputs(job),
            Error = Error(job),
        };
    }

    private static JobError? Error(Job job) => job.ErrorKind is null ? null : new() { Kind = job.ErrorKind, Message = job.ErrorMessage ?? string.Empty };

    public static List<JobOutput> Outputs(Job job) => [.. job.Outputs.Select(output => new JobOutput
    {
        Number = output.Number,
        ContentType = output.ContentType,
        Width = output.Width,
        Height = output.Height,
        Size = output.Size,
        Sha256 = output.Sha256,
        Url = $"/v1/jobs/{job.Id}/outputs/{output.Number}",
    })];
}
