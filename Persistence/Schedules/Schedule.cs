using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Schedules;

/// <summary>A batch to submit later, once or again and again.</summary>
public sealed class Schedule
{
    public Guid Id { get; set; }
    public required string Tenant { get; set; }
    public string? Name { get; set; }

    /// <summary>Cron expression; null for one that is due once.</summary>
    public string? Cron { get; set; }

    /// <summary>IANA name of the time zone that the expression is meant in.</summary>
    public string? TimeZone { get; set; }

    /// <summary>The batch as its sender gave it: the body of a submission.</summary>
    public required string Batch { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it is due next; null once it will never be again.</summary>
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>When it was due last.</summary>
    public DateTimeOffset? LastAt { get; set; }

    /// <summary>The batch made then; null where there was none.</summary>
    public Guid? LastBatchId { get; set; }

    /// <summary>Why no batch was made then.</summary>
    public string? LastError { get; set; }
}

internal sealed class ScheduleConfiguration : IEntityTypeConfiguration<Schedule>
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.ToTable("schedules");
        builder.HasKey(schedule => schedule.Id);
        builder.Property(schedule => schedule.Id).ValueGeneratedNever();
        builder.HasIndex(schedule => new { schedule.Tenant, schedule.Id });
        builder.HasIndex(schedule => schedule.NextAt, "ix_schedules_next").HasFilter("next_at is not null");
    }
}
