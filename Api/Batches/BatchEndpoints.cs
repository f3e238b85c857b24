using Microsoft.AspNetCore.Http.HttpResults;
using RenderFarm.Api.Dispatch;
using RenderFarm.Api.Errors;
using RenderFarm.Api.Events;
using RenderFarm.Api.Jobs;
using RenderFarm.Api.Tenants;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Api.Batches;

internal static class BatchEndpoints
{
    private const int MaxPage = 1000;

    public static void MapBatches(this IEndpointRouteBuilder routes)
    {
        var batches = routes.MapGroup("/v1/batches").WithTags("Batches");
        batches.MapPost("/", SubmitAsync).WithName("SubmitBatch").Accepts<BatchRequest>("application/json", "application/x-ndjson", "application/jsonl")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(422);
        batches.MapGet("/", ListAsync).WithName("ListBatches").ProducesProblem(400);
        batches.MapGet("/{id:guid}", GetAsync).WithName("GetBatch").ProducesProblem(404);
        batches.MapGet("/{id:guid}/jobs", JobsAsync).WithName("ListJobs").ProducesProblem(400).ProducesProblem(404);
        batches.MapPost("/{id:guid}/pause", PauseAsync).WithName("PauseBatch").ProducesProblem(404);
        batches.MapPost("/{id:guid}/resume", ResumeAsync).WithName("ResumeBatch").ProducesProblem(404);
        batches.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelBatch").ProducesProblem(404);
    }

    private static async Task<Results<Accepted<BatchStatus>, ProblemHttpResult>> SubmitAsync(
        HttpRequest request, Tenant tenant, string? model, int? priority, PostedBatch posted, FarmQueries queries, CancellationToken cancellationToken)
    {
        var (id, problem) = await posted.TakeAsync(request, tenant.Name, model, priority, cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            return problem;
        var batch = await queries.BatchAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false);
        return TypedResults.Accepted($"/v1/batches/{id}", Status(batch!));
    }

    private static async Task<Results<Ok<BatchPage>, ProblemHttpResult>> ListAsync(
        Tenant tenant, FarmQueries queries, CancellationToken cancellationToken, Guid? after = null, int limit = 100)
    {
        if (limit is < 1 or > MaxPage)
            return Problems.Limit(limit, MaxPage);
        var batches = await queries.BatchesAsync(tenant.Name, after, limit + 1, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new BatchPage
        {
            Items = [.. batches.Take(limit).Select(Status)],
            Next = batches.Count > limit ? batches[limit - 1].Id.ToString() : null,
        });
    }

    private static async Task<Results<Ok<BatchStatus>, ProblemHttpResult>> GetAsync(Guid id, Tenant tenant, FarmQueries queries, CancellationToken cancellationToken) =>
        await queries.BatchAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is { } batch
            ? TypedResults.Ok(Status(batch)) : Problems.Unknown("batch", id);

    private static async Task<Results<Ok<JobPage>, ProblemHttpResult>> JobsAsync(
        Guid id, Tenant tenant, FarmQueries queries, CancellationToken cancellationToken, string? state = null, int? after = null, int limit = 100)
    {
        if (limit is < 1 or > MaxPage)
            return Problems.Limit(limit, MaxPage);
        if (!TryParse(state, out var only))
            return Problems.Bad($"state is '{state}'; give one of {string.Join(", ", Enum.GetNames<JobState>().Select(name => name.ToLowerInvariant()))}.");
        if (await queries.BatchAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is null)
            return Problems.Unknown("batch", id);
        var jobs = await queries.JobsAsync(id, only, after ?? -1, limit + 1, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new JobPage
        {
            Items = [.. jobs.Take(limit).Select(JobAnswers.Summary)],
            Next = jobs.Count > limit ? jobs[limit - 1].Position.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        });
    }

    private static async Task<Results<Ok<BatchStatus>, ProblemHttpResult>> CancelAsync(
        Guid id, Tenant tenant, Cancellation cancellation, FarmQueries queries, OutboxSignal outbox, CancellationToken cancellationToken)
    {
        if (await cancellation.CancelBatchAsync(id, tenant.Name, cancellationToken).ConfigureAwait(false) is null)
            return Problems.Unknown("batch", id);
        outbox.Wake();
        return TypedResults.Ok(Status((await queries.BatchAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false))!));
    }

    private static async Task<Results<Ok<BatchStatus>, ProblemHttpResult>> PauseAsync(
        Guid id, Tenant tenant, Pauses pauses, FarmQueries queries, OutboxSignal outbox, CancellationToken cancellationToken)
    {
        if (!await pauses.PauseBatchAsync(id, tenant.Name, cancellationToken).ConfigureAwait(false))
            return Problems.Unknown("batch", id);
        outbox.Wake();
        return TypedResults.Ok(Status((await queries.BatchAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false))!));
    }

    private static async Task<Results<Ok<BatchStatus>, ProblemHttpResult>> ResumeAsync(
        Guid id, Tenant tenant, Pauses pauses, FarmQueries queries, OutboxSignal outbox, DispatchSignal dispatch, CancellationToken cancellationToken)
    {
        if (!await pauses.ResumeBatchAsync(id, tenant.Name, cancellationToken).ConfigureAwait(false))
            return Problems.Unknown("batch", id);
        outbox.Wake();
        dispatch.Wake();
        return TypedResults.Ok(Status((await queries.BatchAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false))!));
    }

    private static bool TryParse(string? text, out JobState? state)
    {
        state = null;
        if (text is null)
            return true;
        if (!text.All(char.IsAsciiLetterLower) || !Enum.TryParse<JobState>(text, true, out var parsed))
            return false;
        state = parsed;
        return true;
    }

    private static BatchStatus Status(Batch batch) => new()
    {
        Id = batch.Id,
        Tenant = batch.Tenant,
        State = batch.State,
        CreatedAt = batch.CreatedAt,
        FinishedAt = batch.FinishedAt,
        JobsUrl = $"/v1/batches/{batch.Id}/jobs",
        Counts = new()
        {
            Total = batch.Total,
            Queued = batch.Queued,
            Running = batch.Running,
            Succeeded = batch.Succeeded,
            Failed = batch.Failed,
            Canceled = batch.Canceled,
            Expired = batch.Expired,
        },
    };
}
