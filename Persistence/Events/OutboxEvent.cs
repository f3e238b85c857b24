using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Events;

/// <summary>Something to tell, written in the transaction that made it true, deleted once told.</summary>
public sealed class OutboxEvent
{
    public Guid Id { get; set; }

    /// <summary>Order of telling.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Name of the message type in Contracts.</summary>
    public required string Type { get; set; }

    /// <summary>The message as JSON.</summary>
    public required string Body { get; set; }
}

internal sealed class OutboxEventConfiguration : IEntityTypeConfiguration<OutboxEvent>
{
    public void Configure(EntityTypeBuilder<OutboxEvent> builder)
    {
        builder.ToTable("outbox");
        builder.HasKey(e => e.Id);
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.HasIndex(e => e.CreatedAt);
    }
}
