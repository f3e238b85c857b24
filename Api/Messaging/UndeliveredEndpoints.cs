using Microsoft.AspNetCore.Http.HttpResults;
using RenderFarm.Contracts.Messages;

namespace RenderFarm.Api.Messaging;

internal static class UndeliveredEndpoints
{
    public static void MapUndelivered(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/undelivered", Get).WithName("GetUndelivered").WithTags("Messages");

    private static Ok<UndeliveredMessages> Get(UndeliveredLog log) => TypedResults.Ok(log.Messages);
}
