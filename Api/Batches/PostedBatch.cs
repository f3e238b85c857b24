using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace RenderFarm.Api.Batches;

/// <summary>A submission by HTTP.</summary>
internal sealed class PostedBatch(BatchSubmission submission, IOptions<IntakeOptions> options)
{
    private const string KeyHeader = "Idempotency-Key";

    /// <summary>Returns the batch's id, or the problem to answer.</summary>
    public async Task<(Guid BatchId, ProblemDetails? Problem)> TakeAsync(
        HttpRequest request, string tenant, string? model, int? priority, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = options.Value.MaxBytes;
        var key = request.Headers[KeyHeader].ToString();
        var outcome = await submission.TakeAsync(
            new()
            {
                Tenant = tenant, Key = key.Length == 0 ? null : key, KeyName = KeyHeader, Body = request.Body, IsDocument = request.HasJsonContentType(),
                Model = model, Priority = priority,
            },
            cancellationToken).ConfigureAwait(false);
        return (outcome.BatchId, outcome.Errors.Count == 0 ? null : Problem(outcome));
    }

    private static ProblemDetails Problem(SubmissionOutcome outcome) => outcome.IsKeyReused
        ? new() { Status = StatusCodes.Status422UnprocessableEntity, Title = "The Idempotency-Key was used for another request.", Detail = outcome.Errors[0].Message }
        : new()
        {
            Status = StatusCodes.Status400BadRequest,
            Title = "The batch was not accepted; nothing of it was stored.",
            Detail = outcome.Errors[0].Message,
            Extensions = { ["errors"] = outcome.Errors },
        };
}
