using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using RenderFarm.Api.Errors;
using RenderFarm.Api.Tenants;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Jobs;

/// <summary>Running jobs as far as they are drawn.</summary>
internal static class PreviewEndpoints
{
    /// <summary>A newer preview may take the place of one that was just found, but hardly again and again.</summary>
    private const int Tries = 3;

    public static void MapPreview(this IEndpointRouteBuilder jobs) =>
        jobs.MapGet("/{id:guid}/preview", GetAsync).WithName("GetPreview").Produces(200, contentType: PreviewStore.ContentType).Produces(304).ProducesProblem(404);

    private static async Task<Results<FileStreamHttpResult, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(
        Guid id, HttpRequest request, HttpResponse response, Tenant tenant, FarmQueries queries, PreviewStore previews, IObjectStore store, CancellationToken cancellationToken)
    {
        // In a moment there is a newer one, or none.
        response.Headers.CacheControl = "private, no-cache";
        if (await queries.JobAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is not { } job)
            return Problems.Unknown("job", id);
        for (var tries = 0; tries < Tries && await previews.FindAsync(job, cancellationToken).ConfigureAwait(false) is { } preview; tries++)
        {
            var tag = new EntityTagHeaderValue($"\"{preview.Name.Sha256}\"");
            if (Has(request, tag))
            {
                response.Headers.ETag = tag.ToString();
                return TypedResults.StatusCode(StatusCodes.Status304NotModified);
            }

            if (await store.OpenAsync(preview.Name.Key, cancellationToken).ConfigureAwait(false) is { } png)
                return TypedResults.Stream(png, PreviewStore.ContentType, lastModified: preview.WrittenAt, entityTag: tag);
        }

        // It may have ended since it was read.
        if (await queries.JobAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is not { } now)
            return Problems.Unknown("job", id);
        return TypedResults.Problem(Reason(now), statusCode: StatusCodes.Status404NotFound, title: "There is no preview.");
    }

    /// <summary>Whether whoever asks has it already: the key tells, so that the file need not be opened.</summary>
    private static bool Has(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));

    private static string Reason(Job job) => job.State switch
    {
        JobState.Queued => $"Job {job.Id} waits to be drawn; there are previews while it is.",
        JobState.Running => $"Job {job.Id} is being drawn, and there is nothing to see of it yet. The first preview comes after the worker's Rendering:PreviewInterval; there is none " +
            "where that is 0, of a model with a safety checker, and where making one would take more than a twentieth of the drawing's time.",
        JobState.Succeeded => $"Job {job.Id} is drawn, and its preview gone; see its pictures: {string.Join(", ", JobAnswers.Outputs(job).Select(output => output.Url))}.",
        _ => $"Job {job.Id} is {job.State.ToString().ToLowerInvariant()}; there are previews only while a job is drawn.",
    };
}
