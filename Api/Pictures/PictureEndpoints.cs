using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using RenderFarm.Api.Errors;
using RenderFarm.Api.Tenants;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Diffusion.Pictures.Headers;
using RenderFarm.Persistence.Pictures;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Pictures;

/// <summary>Pictures that jobs name.</summary>
internal static class PictureEndpoints
{
    public static void MapPictures(this IEndpointRouteBuilder routes)
    {
        var pictures = routes.MapGroup("/v1/pictures").WithTags("Pictures");
        // What is none of these is refused with a reason.
        pictures.MapPost("/", AddAsync).WithName("AddPicture").Accepts<Stream>(PictureKind.Png, PictureKind.Jpeg, PictureKind.Webp, "*/*")
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(422);
        pictures.MapGet("/{id}", GetAsync).WithName("GetPicture").ProducesProblem(404);
        pictures.MapGet("/{id}/content", ContentAsync).WithName("GetPictureContent").Produces(200, contentType: PictureKind.Png).ProducesProblem(404);
    }

    private static async Task<Results<Created<InputPicture>, Ok<InputPicture>, ProblemHttpResult>> AddAsync(
        HttpRequest request, Tenant tenant, PictureStore pictures, CancellationToken cancellationToken)
    {
        var declared = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value : request.ContentType;
        if (PictureCheck.FaultOfType(declared) is { } unknown)
            return Refused(StatusCodes.Status415UnsupportedMediaType, unknown);
        // The body is counted while it is read, so that the answer says what is allowed.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var file = await PictureUpload.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        if (PictureCheck.FaultOfKind(file, declared) is { } other)
            return Refused(StatusCodes.Status415UnsupportedMediaType, other);
        if (PictureCheck.Read(file, out var fault) is not { } picture)
            return Refused(StatusCodes.Status422UnprocessableEntity, fault!);
        var (stored, isNew) = await pictures.AddAsync(new(tenant.Name, file, picture.ContentType, picture.Width, picture.Height), cancellationToken).ConfigureAwait(false);
        return isNew ? TypedResults.Created($"/v1/pictures/{stored.Id}", stored) : TypedResults.Ok(stored);
    }

    private static async Task<Results<Ok<InputPicture>, ProblemHttpResult>> GetAsync(string id, Tenant tenant, PictureStore pictures, CancellationToken cancellationToken) =>
        await pictures.FindAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is { } picture ? TypedResults.Ok(picture) : Problems.Unknown("picture", id);

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ContentAsync(
        string id, Tenant tenant, PictureStore pictures, IObjectStore store, CancellationToken cancellationToken)
    {
        if (await pictures.FindAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is not { } picture)
            return Problems.Unknown("picture", id);
        var content = await store.OpenAsync(picture.Key, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException($"The picture '{picture.Key}' is recorded but the store does not have it.");
        return TypedResults.Stream(content, picture.ContentType, entityTag: new EntityTagHeaderValue($"\"{picture.Sha256}\""));
    }

    private static ProblemHttpResult Refused(int status, string fault) =>
        TypedResults.Problem($"The picture {fault}.", statusCode: status, title: "The picture was not taken; nothing was stored.");
}
