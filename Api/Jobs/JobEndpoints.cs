using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using RenderFarm.Api.Errors;
using RenderFarm.Api.Events;
using RenderFarm.Api.Tenants;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Jobs;

internal static class JobEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/jobs").WithTags("Jobs");
        jobs.MapGet("/{id:guid}", GetAsync).WithName("GetJob").ProducesProblem(404);
        jobs.MapGet("/{id:guid}/outputs/{number:int}", OutputAsync).WithName("GetOutput").Produces(200, contentType: "image/png").ProducesProblem(404);
        jobs.MapGet("/{id:guid}/explain", ExplainAsync).WithName("ExplainJob").ProducesProblem(404);
        jobs.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelJob").ProducesProblem(404);
    }

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> GetAsync(Guid id, Tenant tenant, FarmQueries queries, CancellationToken cancellationToken) =>
        await queries.JobAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is { } job
            ? TypedResults.Ok(JobAnswers.Status(job)) : Problems.Unknown("job", id);

    private static async Task<Results<Ok<JobExplanation>, ProblemHttpResult>> ExplainAsync(Guid id, Tenant tenant, JobExplainer explainer, CancellationToken cancellationToken) =>
        await explainer.ExplainAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is { } explanation
            ? TypedResults.Ok(explanation) : Problems.Unknown("job", id);

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> OutputAsync(
        Guid id, int number, Tenant tenant, FarmQueries queries, IObjectStore store, CancellationToken cancellationToken)
    {
        if (await queries.JobAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is not { } job)
            return Problems.Unknown("job", id);
        if (job.Outputs.FirstOrDefault(output => output.Number == number) is not { } output)
            return TypedResults.Problem($"Job {id} is {job.State} and has {job.Outputs.Count} outputs, numbered from 0; {number} is none of them.",
                statusCode: StatusCodes.Status404NotFound, title: "Unknown output.");
        var picture = await store.OpenAsync(output.Key, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException($"The picture '{output.Key}' is recorded but the store does not have it.");
        return TypedResults.Stream(picture, output.ContentType, $"{job.CustomId}.png", job.FinishedAt, new EntityTagHeaderValue($"\"{output.Sha256}\""));
    }

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> CancelAsync(
        Guid id, Tenant tenant, Cancellation cancellation, FarmQueries queries, OutboxSignal outbox, CancellationToken cancellationToken)
    {
        if (await cancellation.CancelJobAsync(id, tenant.Name, cancellationToken).ConfigureAwait(false) is null)
            return Problems.Unknown("job", id);
        outbox.Wake();
        return TypedResults.Ok(JobAnswers.Status((await queries.JobAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false))!));
    }
}
