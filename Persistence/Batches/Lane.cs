using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Batches;

/// <summary>
/// The jobs of one batch that share model and priority. Dispatch orders lanes, of which there are few, rather than jobs, of which there
/// may be millions.
/// </summary>
public sealed class Lane
{
    public Guid BatchId { get; set; }

    /// <summary>Number within the batch, from 0.</summary>
    public int Number { get; set; }
    public required string Tenant { get; set; }
    public required string Model { get; set; }
    public int Priority { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When a job of it was last dispatched.</summary>
    public DateTimeOffset? ServedAt { get; set; }

    /// <summary>Whether jobs may be waiting for dispatch. A hint: it may be true without any, never false with some.</summary>
    public bool Open { get; set; }
}

internal sealed class LaneConfiguration : IEntityTypeConfiguration<Lane>
{
    public void Configure(EntityTypeBuilder<Lane> builder)
    {
        builder.HasKey(lane => new { lane.BatchId, lane.Number });
        builder.HasOne<Batch>().WithMany().HasForeignKey(lane => lane.BatchId);
        builder.HasIndex(lane => new { lane.Model, lane.Open });
    }
}
