using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Batches;

/// <summary>A key that a sender gave with a batch, so that sending again makes no second one (I9).</summary>
public sealed class IdempotencyKey
{
    public required string Tenant { get; set; }
    public required string Key { get; set; }

    /// <summary>SHA-256 of the request, lower-case hexadecimal.</summary>
    public required string RequestSha256 { get; set; }
    public Guid BatchId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class IdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
    {
        builder.HasKey(key => new { key.Tenant, key.Key });
        builder.HasIndex(key => key.BatchId);
    }
}
