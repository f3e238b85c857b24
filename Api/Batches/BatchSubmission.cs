using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Dispatch;
using RenderFarm.Api.Models;
using RenderFarm.Persistence.Batches;

namespace RenderFarm.Api.Batches;

/// <summary>Takes a submission: reads, checks, stores.</summary>
internal sealed class BatchSubmission(ModelDirectory models, BatchIntake intake, DispatchSignal dispatch, IOptions<IntakeOptions> options)
{
    private const int MaxKeyLength = 255;

    /// <summary>Returns what was stored, or the problem to answer.</summary>
    public async Task<(Acceptance? Accepted, ProblemDetails? Problem)> TakeAsync(
        HttpRequest request, string tenant, string? model, int? priority, CancellationToken cancellationToken)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        if (key.Length > MaxKeyLength)
            return (null, Refused([new() { Field = "Idempotency-Key", Message = $"The key has {key.Length} characters; give at most {MaxKeyLength}." }]));
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = options.Value.MaxBytes;

        var errors = new InputErrors(options.Value.MaxErrors);
        if (priority is < -10 or > 10)
            errors.Add(null, "priority", $"'priority' is {priority}; give a whole number from -10 to 10.");
        var jobs = new JobReader(await models.DescriptionsAsync(cancellationToken).ConfigureAwait(false),
            await models.DefaultAsync(cancellationToken).ConfigureAwait(false), options.Value.MaxJobs) { Model = model, Priority = priority ?? 0 };
        using var body = new HashingStream(request.Body, options.Value.MaxBytes);
        if (request.HasJsonContentType())
            await new BatchDocument(jobs, errors).ReadAsync(body, cancellationToken).ConfigureAwait(false);
        else
            await new BatchReader(jobs, errors).ReadAsync(body, cancellationToken).ConfigureAwait(false);
        if (errors.Items.Count > 0)
            return (null, Refused(errors.Items));

        var batch = new NewBatch
        {
            Tenant = tenant,
            IdempotencyKey = key.Length == 0 ? null : key,
            RequestSha256 = body.Finish($"\n{model}\n{priority}"),
            TraceParent = Activity.Current?.Id,
            Jobs = jobs.Jobs,
        };
        var accepted = await intake.AcceptAsync(batch, cancellationToken).ConfigureAwait(false);
        dispatch.Wake();
        return accepted.Kind == AcceptanceKind.KeyReused ? (null, Reused(key, accepted.BatchId)) : (accepted, null);
    }

    private static ProblemDetails Refused(IReadOnlyList<InputError> errors) => new()
    {
        Status = StatusCodes.Status400BadRequest,
        Title = "The batch was not accepted; nothing of it was stored.",
        Detail = errors[0].Message,
        Extensions = { ["errors"] = errors },
    };

    private static ProblemDetails Reused(string key, Guid batch) => new()
    {
        Status = StatusCodes.Status422UnprocessableEntity,
        Title = "The Idempotency-Key was used for another request.",
        Detail = $"Key '{key}' made batch {batch} from a different body. Send the same body again, or a new key.",
    };
}
