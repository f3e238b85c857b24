using Microsoft.AspNetCore.Http.HttpResults;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Messages;

namespace RenderFarm.Api.Messaging;

internal static class UndeliveredEndpoints
{
    public static void MapUndelivered(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/undelivered", Get).WithName("GetUndelivered").WithTags("Messages");

    private static async Task<Ok<UndeliveredMessages>> Get(UndeliveredStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadAsync(cancellationToken).ConfigureAwait(false));
}
