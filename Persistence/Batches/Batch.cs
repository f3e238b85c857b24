using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RenderFarm.Contracts.Batches;

namespace RenderFarm.Persistence.Batches;

/// <summary>Jobs accepted by one call. Its counters change in the transaction that changes the jobs (I5).</summary>
public sealed class Batch
{
    public Guid Id { get; set; }
    public required string Tenant { get; set; }
    public BatchState State { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>W3C trace context of the submission, which the journeys of its jobs continue; null where it was not traced.</summary>
    public string? TraceParent { get; set; }
    public int Total { get; set; }
    public int Queued { get; set; }
    public int Running { get; set; }
    public int Succeeded { get; set; }
    public int Failed { get; set; }
    public int Canceled { get; set; }
    public int Expired { get; set; }
}

internal sealed class BatchConfiguration : IEntityTypeConfiguration<Batch>
{
    public void Configure(EntityTypeBuilder<Batch> builder)
    {
        builder.HasKey(batch => batch.Id);
        builder.Property(batch => batch.Id).ValueGeneratedNever();
        builder.HasIndex(batch => new { batch.Tenant, batch.Id });
        builder.HasIndex(batch => batch.FinishedAt, "ix_batches_finished").HasFilter("state = 'finished'");
    }
}
