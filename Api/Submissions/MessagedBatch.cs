using Microsoft.Extensions.Options;
using RenderFarm.Api.Batches;
using RenderFarm.Api.Events;
using RenderFarm.Api.Tenants;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Events;

namespace RenderFarm.Api.Submissions;

/// <summary>
/// A submission by message. Whatever comes of it is stored before it is answered, the batch or the news of its rejection, so that a message that
/// comes again finds the same.
/// </summary>
internal sealed class MessagedBatch(BatchSubmission submission, Outbox outbox, OutboxSignal signal, SchemaGate schema, IOptions<IntakeOptions> options)
{
    public async Task<BatchAnswer> TakeAsync(BatchMessage message, CancellationToken cancellationToken)
    {
        await schema.PassAsync(cancellationToken).ConfigureAwait(false);
        if (string.IsNullOrEmpty(message.Id))
            return await RejectAsync(message, message.IdName, $"The message has no {message.IdName}; give each batch one of its own, and the same one when you send it again.", cancellationToken).ConfigureAwait(false);
        if (!Tenant.TryParse(message.Tenant, message.TenantName, out var tenant, out var fault))
            return await RejectAsync(message, message.TenantName, fault, cancellationToken).ConfigureAwait(false);
        if (message.Body.Length > options.Value.MaxBytes)
            return await RejectAsync(message, null, $"The body has {message.Body.Length} bytes; give at most {options.Value.MaxBytes}, in several batches.", cancellationToken).ConfigureAwait(false);

        using var body = new MemoryStream(message.Body, writable: false);
        var outcome = await submission.TakeAsync(
            new() { Tenant = tenant.Name, Key = message.Id, KeyName = message.IdName, Body = body, IsDocument = message.IsDocument }, cancellationToken).ConfigureAwait(false);
        return outcome.Errors.Count > 0
            ? await RejectAsync(message, outcome.Errors, cancellationToken).ConfigureAwait(false)
            : new(new BatchAccepted { BatchId = outcome.BatchId, Tenant = tenant.Name, Key = message.Id, Jobs = outcome.Jobs }, null);
    }

    private Task<BatchAnswer> RejectAsync(BatchMessage message, string? field, string fault, CancellationToken cancellationToken) =>
        RejectAsync(message, [new() { Field = field, Message = fault }], cancellationToken);

    private async Task<BatchAnswer> RejectAsync(BatchMessage message, IReadOnlyList<InputError> errors, CancellationToken cancellationToken)
    {
        var rejected = new BatchRejected { Tenant = message.Tenant ?? Tenant.Default, Key = message.Id, Errors = errors };
        await outbox.TellAsync(rejected, cancellationToken).ConfigureAwait(false);
        signal.Wake();
        return new(rejected, errors[0].Message);
    }
}
