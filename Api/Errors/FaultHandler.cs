using System.Data.Common;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using RenderFarm.Persistence;

namespace RenderFarm.Api.Errors;

/// <summary>Answers what was thrown: bad requests as such, a database or store that cannot just now as 503 with Retry-After.</summary>
internal sealed partial class FaultHandler(IProblemDetailsService problems, ILogger<FaultHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = Describe(exception, HttpMethods.IsGet(httpContext.Request.Method) || HttpMethods.IsHead(httpContext.Request.Method));
        if (problem.Status >= 500)
            Failed(httpContext.Request.Method, httpContext.Request.Path, exception);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = "5";
        httpContext.Response.StatusCode = problem.Status!.Value;
        return await problems.TryWriteAsync(new() { HttpContext = httpContext, ProblemDetails = problem, Exception = exception }).ConfigureAwait(false);
    }

    private static ProblemDetails Describe(Exception exception, bool onlyReads) => exception switch
    {
        BadHttpRequestException bad => new() { Status = bad.StatusCode, Title = "The request cannot be understood.", Detail = bad.Message },
        _ when Outage.Is(exception) || exception is DbException or IOException => new()
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            // The fault may have come after the commit, or taken its answer.
            Title = onlyReads ? "Storage cannot do it just now." : "Storage failed; whether the request took effect is not known.",
            Detail = $"{exception.Message} " + (onlyReads ? "Try again later."
                : "Repeat the request later; a batch that is repeated with the same Idempotency-Key is stored once, whatever became of this try."),
        },
        _ => new() { Status = StatusCodes.Status500InternalServerError, Title = "The farm made a mistake; its log has more." },
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void Failed(string method, string path, Exception exception);
}
