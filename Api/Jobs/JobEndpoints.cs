using Microsoft.AspNetCore.Http.HttpResults;
using RenderFarm.Api.Errors;
using RenderFarm.Api.Events;
using RenderFarm.Api.Tenants;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Batches;

namespace RenderFarm.Api.Jobs;

internal static class JobEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/jobs").WithTags("Jobs");
        jobs.MapGet("/{id:guid}", GetAsync).WithName("GetJob").ProducesProblem(404);
        jobs.MapOutputs();
        jobs.MapPreview();
        jobs.MapGet("/{id:guid}/explain", ExplainAsync).WithName("ExplainJob").ProducesProblem(404);
        jobs.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelJob").ProducesProblem(404);
    }

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> GetAsync(
        Guid id, Tenant tenant, FarmQueries queries, JobPreviews previews, CancellationToken cancellationToken) =>
        await queries.JobAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is { } job
            ? TypedResults.Ok(JobAnswers.Status(job, await previews.OfAsync(job, cancellationToken).ConfigureAwait(false))) : Problems.Unknown("job", id);

    private static async Task<Results<Ok<JobExplanation>, ProblemHttpResult>> ExplainAsync(Guid id, Tenant tenant, JobExplainer explainer, CancellationToken cancellationToken) =>
        await explainer.ExplainAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is { } explanation
            ? TypedResults.Ok(explanation) : Problems.Unknown("job", id);

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> CancelAsync(
        Guid id, Tenant tenant, Cancellation cancellation, FarmQueries queries, OutboxSignal outbox, CancellationToken cancellationToken)
    {
        if (await cancellation.CancelJobAsync(id, tenant.Name, cancellationToken).ConfigureAwait(false) is null)
            return Problems.Unknown("job", id);
        outbox.Wake();
        return TypedResults.Ok(JobAnswers.Status((await queries.JobAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false))!, preview: null));
    }
}
