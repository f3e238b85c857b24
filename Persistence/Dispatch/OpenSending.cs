using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>
/// A <see cref="Sending"/> that the broker has not confirmed. Its jobs are the model's that were dispatched at <see cref="At"/>: one row for all of
/// them, so that a confirmation costs the same for one job as for thousands.
/// </summary>
public sealed class OpenSending
{
    public Guid Id { get; set; }
    public required string Model { get; set; }
    public DateTimeOffset At { get; set; }
}

internal sealed class OpenSendingConfiguration : IEntityTypeConfiguration<OpenSending>
{
    public void Configure(EntityTypeBuilder<OpenSending> builder)
    {
        builder.ToTable("open_sendings");
        builder.Property(sending => sending.Id).ValueGeneratedNever();
    }
}
