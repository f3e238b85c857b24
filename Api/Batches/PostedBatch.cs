using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Errors;

namespace RenderFarm.Api.Batches;

/// <summary>A submission by HTTP.</summary>
internal sealed class PostedBatch(BatchSubmission submission, IOptions<IntakeOptions> options)
{
    private const string KeyHeader = "Idempotency-Key";

    /// <summary>Returns the batch's id, or the problem to answer.</summary>
    public async Task<(Guid BatchId, ProblemHttpResult? Problem)> TakeAsync(
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

    private static ProblemHttpResult Problem(SubmissionOutcome outcome) => outcome.IsKeyReused
        ? TypedResults.Problem(outcome.Errors[0].Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The Idempotency-Key was used for another request.")
        : Problems.Refused("The batch was not accepted; nothing of it was stored.", outcome.Errors);
}
