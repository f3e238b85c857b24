using Microsoft.AspNetCore.Http.Metadata;

namespace RenderFarm.Api.Errors;

/// <summary>Routing refuses a content type before any endpoint sees the request, and says no more than 415; here it says what would do.</summary>
internal static class WrongContentType
{
    public static void Explain(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is not { Status: StatusCodes.Status415UnsupportedMediaType, Detail: null }) return;
        var (request, endpoints) = (context.HttpContext.Request, context.HttpContext.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints);
        if (endpoints.FirstOrDefault(endpoint => IsFor(request, endpoint))?.Metadata.GetMetadata<IAcceptsMetadata>() is not { } accepts) return;
        context.ProblemDetails.Detail = $"The content type is '{request.ContentType}'; expected is {string.Join(" or ", accepts.ContentTypes)}.";
    }

    private static bool IsFor(HttpRequest request, Endpoint endpoint) =>
        endpoint is RouteEndpoint route && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(request.Method) is true
        && string.Equals(route.RoutePattern.RawText?.Trim('/'), request.Path.Value?.Trim('/'), StringComparison.OrdinalIgnoreCase);
}
