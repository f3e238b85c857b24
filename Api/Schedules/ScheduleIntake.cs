using Microsoft.Extensions.Options;
using RenderFarm.Api.Batches;
using RenderFarm.Contracts.Batches;
using RenderFarm.Persistence.Schedules;

namespace RenderFarm.Api.Schedules;

/// <summary>Takes a schedule: reads, checks it and its batch, stores.</summary>
internal sealed class ScheduleIntake(ScheduleStore schedules, BatchSubmission submission, IOptions<ScheduleOptions> options, IOptions<IntakeOptions> intake, TimeProvider time)
{
    /// <summary>Returns the schedule's id, or what is wrong with it.</summary>
    public async Task<(Guid Id, IReadOnlyList<InputError> Errors)> TakeAsync(string tenant, Stream request, CancellationToken cancellationToken)
    {
        using var bounded = new HashingStream(request, options.Value.MaxBytes);
        using var body = new MemoryStream();
        await bounded.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        var errors = new InputErrors(intake.Value.MaxErrors);
        if (new ScheduleReader(time, errors).Read(tenant, body.ToArray()) is not { } schedule)
            return (default, errors.Items);
        var (faults, pictures) = await submission.CheckAsync(ScheduledBatch.Of(schedule), cancellationToken).ConfigureAwait(false);
        return faults.Count > 0 ? (default, [.. faults.Select(InBatch)]) : (await schedules.AddAsync(schedule with { Pictures = pictures }, cancellationToken).ConfigureAwait(false), []);
    }

    private static InputError InBatch(InputError fault) => fault with { Field = fault.Field is null ? "batch" : $"batch.{fault.Field}" };
}
