using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>When a tenant's jobs were last dispatched to a model's workers. Outlives the tenant's batches: a new one waits from now, not from then.</summary>
public sealed class Turn
{
    public required string Model { get; set; }
    public required string Tenant { get; set; }
    public DateTimeOffset ServedAt { get; set; }
}

internal sealed class TurnConfiguration : IEntityTypeConfiguration<Turn>
{
    public void Configure(EntityTypeBuilder<Turn> builder)
    {
        builder.ToTable("turns");
        builder.HasKey(turn => new { turn.Model, turn.Tenant });
    }
}
