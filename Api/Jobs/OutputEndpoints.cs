using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using RenderFarm.Api.Errors;
using RenderFarm.Api.Tenants;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Jobs;

internal static class OutputEndpoints
{
    // Ways to hand out a picture.
    private const string Content = "content";
    private const string Redirect = "redirect";
    private const string Link = "link";

    public static void MapOutputs(this IEndpointRouteBuilder jobs) =>
        jobs.MapGet("/{id:guid}/outputs/{number:int}", GetAsync).WithName("GetOutput")
            .Produces(200, contentType: "image/png").Produces<OutputLink>(200, "application/json").Produces(302).ProducesProblem(400).ProducesProblem(404);

    /// <param name="as">
    /// "content": the picture itself; "redirect": its link in the store, as a redirect; "link": the same as JSON. Default: a redirect where the
    /// store gives links, else the picture.
    /// </param>
    private static async Task<IResult> GetAsync(
        Guid id, int number, string? @as, Tenant tenant, FarmQueries queries, IObjectStore store, CancellationToken cancellationToken)
    {
        if (@as is not (null or Content or Redirect or Link))
            return Problems.Bad($"as is '{@as}'; give one of {Content}, {Redirect}, {Link}.");
        if (await queries.JobAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is not { } job)
            return Problems.Unknown("job", id);
        if (job.Outputs.FirstOrDefault(output => output.Number == number) is not { } output)
            return TypedResults.Problem($"Job {id} is {job.State} and has {job.Outputs.Count} outputs, numbered from 0; {number} is none of them.",
                statusCode: StatusCodes.Status404NotFound, title: "Unknown output.");
        if (@as == Content)
            return await ContentAsync(job, output, store, cancellationToken).ConfigureAwait(false);
        if (await store.LinkAsync(output.Key, FileName(job)).ConfigureAwait(false) is not { } link)
            return @as is null ? await ContentAsync(job, output, store, cancellationToken).ConfigureAwait(false)
                : Problems.Bad($"as is '{@as}', and this farm's store gives no links. Leave it out; or the farm's operator sets Store:PublicEndpoint, with Store:Provider 'minio'.");
        return @as == Link ? TypedResults.Ok(Answer(output, link)) : TypedResults.Redirect(link.Url.AbsoluteUri);
    }

    private static async Task<FileStreamHttpResult> ContentAsync(Job job, Output output, IObjectStore store, CancellationToken cancellationToken)
    {
        var picture = await store.OpenAsync(output.Key, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException($"The picture '{output.Key}' is recorded but the store does not have it.");
        return TypedResults.Stream(picture, output.ContentType, FileName(job), job.FinishedAt, new EntityTagHeaderValue($"\"{output.Sha256}\""));
    }

    private static OutputLink Answer(Output output, ObjectLink link) => new()
    {
        Url = link.Url, ExpiresAt = link.ExpiresAt, ContentType = output.ContentType, Size = output.Size, Sha256 = output.Sha256,
    };

    private static string FileName(Job job) => $"{job.CustomId}.png";
}
