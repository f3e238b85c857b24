using Microsoft.AspNetCore.Http.HttpResults;
using RenderFarm.Contracts.Models;

namespace RenderFarm.Api.Models;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models", ListAsync).WithName("ListModels").WithTags("Models");

    private static async Task<Ok<ModelList>> ListAsync(ModelDirectory models, CancellationToken cancellationToken) =>
        TypedResults.Ok(await models.ListAsync(cancellationToken).ConfigureAwait(false));
}
