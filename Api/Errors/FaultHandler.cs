using System.Data.Common;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Errors;

/// <summary>Answers what was thrown: bad requests as such, a database or store that cannot just now as 503 with Retry-After.</summary>
internal sealed partial class FaultHandler(IProblemDetailsService problems, ILogger<FaultHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = Describe(exception);
        if (problem.Status >= 500)
            Failed(httpContext.Request.Method, httpContext.Request.Path, exception);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = "5";
        httpContext.Response.StatusCode = problem.Status!.Value;
        return await problems.TryWriteAsync(new() { HttpContext = httpContext, ProblemDetails = problem, Exception = exception }).ConfigureAwait(false);
    }

    private static ProblemDetails Describe(Exception exception) => exception switch
    {
        BadHttpRequestException bad => new() { Status = bad.StatusCode, Title = "The request cannot be understood.", Detail = bad.Message },
        StoreException or DbException or IOException => new()
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Title = "Storage cannot do it just now; nothing was stored.",
            Detail = $"{exception.Message} Try again later.",
        },
        _ => new() { Status = StatusCodes.Status500InternalServerError, Title = "The farm made a mistake; its log has more." },
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void Failed(string method, string path, Exception exception);
}
