using Microsoft.AspNetCore.Http.HttpResults;
using RenderFarm.Api.Dispatch;
using RenderFarm.Api.Errors;
using RenderFarm.Contracts.Models;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Api.Models;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/v1/models").WithTags("Models");
        models.MapGet("/", ListAsync).WithName("ListModels");
        models.MapPost("/{name}/pause", PauseAsync).WithName("PauseModel").ProducesProblem(404);
        models.MapPost("/{name}/resume", ResumeAsync).WithName("ResumeModel").ProducesProblem(404);
    }

    private static async Task<Ok<ModelList>> ListAsync(ModelDirectory models, CancellationToken cancellationToken) =>
        TypedResults.Ok(await models.ListAsync(cancellationToken).ConfigureAwait(false));

    private static async Task<Results<Ok<ModelStatus>, ProblemHttpResult>> PauseAsync(
        string name, Pauses pauses, ModelDirectory models, CancellationToken cancellationToken) =>
        await pauses.PauseModelAsync(name, cancellationToken).ConfigureAwait(false)
            ? await StatusAsync(name, models, cancellationToken).ConfigureAwait(false) : Problems.Unknown("model", name);

    private static async Task<Results<Ok<ModelStatus>, ProblemHttpResult>> ResumeAsync(
        string name, Pauses pauses, ModelDirectory models, DispatchSignal dispatch, CancellationToken cancellationToken)
    {
        if (!await pauses.ResumeModelAsync(name, cancellationToken).ConfigureAwait(false))
            return Problems.Unknown("model", name);
        dispatch.Wake();
        return await StatusAsync(name, models, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Ok<ModelStatus>> StatusAsync(string name, ModelDirectory models, CancellationToken cancellationToken) =>
        TypedResults.Ok((await models.ListAsync(cancellationToken).ConfigureAwait(false)).Items.Single(model => model.Name == name));
}
