using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Messages;

/// <summary>That a message was given up: by the broker, by a worker, or because nobody could read or answer it.</summary>
public sealed class SetAsideMessage
{
    public Guid Id { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>The job that it was about; null where it was about none.</summary>
    public Guid? JobId { get; set; }

    public required string Reason { get; set; }
}

internal sealed class SetAsideMessageConfiguration : IEntityTypeConfiguration<SetAsideMessage>
{
    public void Configure(EntityTypeBuilder<SetAsideMessage> builder)
    {
        builder.ToTable("undelivered");
        builder.Property(message => message.Id).ValueGeneratedNever();
        builder.HasIndex(message => message.At);
    }
}
