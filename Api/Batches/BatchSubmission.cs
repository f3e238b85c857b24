using System.Diagnostics;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Dispatch;
using RenderFarm.Api.Events;
using RenderFarm.Api.Models;
using RenderFarm.Api.Pictures;
using RenderFarm.Contracts.Batches;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Pictures;

namespace RenderFarm.Api.Batches;

/// <summary>Takes a submission, whichever way it came: reads, checks, stores.</summary>
internal sealed class BatchSubmission(ModelDirectory models, BatchIntake intake, PictureStore pictures, DispatchSignal dispatch, OutboxSignal outbox, IOptions<IntakeOptions> options)
{
    private const int MaxKeyLength = 255;

    /// <summary>Says what is wrong with a batch that is to be submitted later, and which of the tenant's pictures it names.</summary>
    public async Task<(IReadOnlyList<InputError> Errors, IReadOnlyList<string> Pictures)> CheckAsync(Submission submission, CancellationToken cancellationToken)
    {
        using var body = new HashingStream(submission.Body, options.Value.MaxBytes);
        var (_, named, errors) = await ReadAsync(submission, body, cancellationToken).ConfigureAwait(false);
        return (errors, named.Stored);
    }

    /// <summary>Stores the batch, or says what is wrong with it.</summary>
    public async Task<SubmissionOutcome> TakeAsync(Submission submission, CancellationToken cancellationToken)
    {
        using var body = new HashingStream(submission.Body, options.Value.MaxBytes);
        var (jobs, named, errors) = await ReadAsync(submission, body, cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
            return new() { Errors = errors };
        var sha256 = body.Finish($"\n{submission.Model}\n{submission.Priority}");
        // Looked up first: a refused batch stores no pictures.
        if (submission.Key is { } key && await intake.FindAsync(submission.Tenant, key, sha256, cancellationToken).ConfigureAwait(false) is { Kind: AcceptanceKind.KeyReused } former)
            return Reused(submission, former.BatchId);
        var batch = new NewBatch
        {
            Tenant = submission.Tenant,
            IdempotencyKey = submission.Key,
            RequestSha256 = sha256,
            TraceParent = Activity.Current?.Id,
            Jobs = await named.AttachAsync(jobs, pictures, cancellationToken).ConfigureAwait(false),
        };
        var accepted = await intake.AcceptAsync(batch, cancellationToken).ConfigureAwait(false);
        dispatch.Wake();
        outbox.Wake();
        return accepted.Kind == AcceptanceKind.KeyReused ? Reused(submission, accepted.BatchId) : new() { BatchId = accepted.BatchId, Jobs = batch.Jobs.Count };
    }

    private async Task<(IReadOnlyList<NewJob> Jobs, JobPictures Pictures, IReadOnlyList<InputError> Errors)> ReadAsync(Submission submission, HashingStream body, CancellationToken cancellationToken)
    {
        if (submission.Key?.Length > MaxKeyLength)
            return ([], new(submission.Tenant, 0), [new() { Field = submission.KeyName, Message = $"'{submission.KeyName}' has {submission.Key.Length} characters; give at most {MaxKeyLength}." }]);
        var errors = new InputErrors(options.Value.MaxErrors);
        if (submission.Priority is < -10 or > 10)
            errors.Add(null, "priority", $"'priority' is {submission.Priority}; give a whole number from -10 to 10.");
        var named = new JobPictures(submission.Tenant, options.Value.MaxInlineBytes);
        var jobs = new JobReader(await models.DescriptionsAsync(cancellationToken).ConfigureAwait(false),
            await models.DefaultAsync(cancellationToken).ConfigureAwait(false), named, options.Value.MaxJobs) { Model = submission.Model, Priority = submission.Priority ?? 0 };
        if (submission.IsDocument)
            await new BatchDocument(jobs, errors).ReadAsync(body, cancellationToken).ConfigureAwait(false);
        else
            await new BatchReader(jobs, errors).ReadAsync(body, cancellationToken).ConfigureAwait(false);
        if (errors.Items.Count == 0)
            await named.FindAsync(pictures, cancellationToken).ConfigureAwait(false);
        return (jobs.Jobs, named, errors.Items);
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
