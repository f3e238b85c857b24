using System.Diagnostics;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Dispatch;
using RenderFarm.Api.Events;
using RenderFarm.Api.Models;
using RenderFarm.Contracts.Batches;
using RenderFarm.Persistence.Batches;

namespace RenderFarm.Api.Batches;

/// <summary>Takes a submission, whichever way it came: reads, checks, stores.</summary>
internal sealed class BatchSubmission(ModelDirectory models, BatchIntake intake, DispatchSignal dispatch, OutboxSignal outbox, IOptions<IntakeOptions> options)
{
    private const int MaxKeyLength = 255;

    /// <summary>Says what is wrong with a batch that is to be submitted later.</summary>
    public async Task<IReadOnlyList<InputError>> CheckAsync(Submission submission, CancellationToken cancellationToken)
    {
        using var body = new HashingStream(submission.Body, options.Value.MaxBytes);
        return (await ReadAsync(submission, body, cancellationToken).ConfigureAwait(false)).Errors;
    }

    /// <summary>Stores the batch, or says what is wrong with it.</summary>
    public async Task<SubmissionOutcome> TakeAsync(Submission submission, CancellationToken cancellationToken)
    {
        using var body = new HashingStream(submission.Body, options.Value.MaxBytes);
        var (jobs, errors) = await ReadAsync(submission, body, cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
            return new() { Errors = errors };
        var batch = new NewBatch
        {
            Tenant = submission.Tenant,
            IdempotencyKey = submission.Key,
            RequestSha256 = body.Finish($"\n{submission.Model}\n{submission.Priority}"),
            TraceParent = Activity.Current?.Id,
            Jobs = jobs,
        };
        var accepted = await intake.AcceptAsync(batch, cancellationToken).ConfigureAwait(false);
        dispatch.Wake();
        outbox.Wake();
        return accepted.Kind == AcceptanceKind.KeyReused ? Reused(submission, accepted.BatchId) : new() { BatchId = accepted.BatchId, Jobs = batch.Jobs.Count };
    }

    private async Task<(IReadOnlyList<NewJob> Jobs, IReadOnlyList<InputError> Errors)> ReadAsync(Submission submission, HashingStream body, CancellationToken cancellationToken)
    {
        if (submission.Key?.Length > MaxKeyLength)
            return ([], [new() { Field = submission.KeyName, Message = $"'{submission.KeyName}' has {submission.Key.Length} characters; give at most {MaxKeyLength}." }]);
        var errors = new InputErrors(options.Value.MaxErrors);
        if (submission.Priority is < -10 or > 10)
            errors.Add(null, "priority", $"'priority' is {submission.Priority}; give a whole number from -10 to 10.");
        var jobs = new JobReader(await models.DescriptionsAsync(cancellationToken).ConfigureAwait(false),
            await models.DefaultAsync(cancellationToken).ConfigureAwait(false), options.Value.MaxJobs) { Model = submission.Model, Priority = submission.Priority ?? 0 };
        if (submission.IsDocument)
            await new BatchDocument(jobs, errors).ReadAsync(body, cancellationToken).ConfigureAwait(false);
        else
            await new BatchReader(jobs, errors).ReadAsync(body, cancellationToken).ConfigureAwait(false);
        return (jobs.Jobs, errors.Items);
    }

    private static SubmissionOutcome Reused(Submission submission, Guid batch) => new()
    {
        BatchId = batch,
        IsKeyReused = true,
        Errors =
        [
            new()
            {
                Field = submission.KeyName,
                Message = $"{submission.KeyName} '{submission.Key}' made batch {batch} from a different body. Send the same body again, or give a new one.",
            },
        ],
    };
}
