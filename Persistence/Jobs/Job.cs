using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Persistence.Jobs;

/// <summary>One prompt and all that is known of its rendering. Rows that wait for dispatch are their own outbox.</summary>
public sealed class Job
{
    public Guid Id { get; set; }
    public Guid BatchId { get; set; }

    /// <summary>Number of the lane (model and priority) within the batch.</summary>
    public int Lane { get; set; }

    /// <summary>Place within the batch, from 0.</summary>
    public int Position { get; set; }
    public required string Tenant { get; set; }
    public required string CustomId { get; set; }
    public required string Model { get; set; }
    public int Priority { get; set; }
    public required string Prompt { get; set; }
    public string? NegativePrompt { get; set; }
    public long Seed { get; set; }

    /// <summary>JSON object of stage settings by stage, the model's defaults filled in.</summary>
    public required string Settings { get; set; }

    /// <summary>JSON object of <see cref="Contracts.Pictures.InputPicture"/> by role; null where it names none.</summary>
    public string? Inputs { get; set; }

    /// <summary>Jobs with equal values can share a forward pass.</summary>
    public required string Compatibility { get; set; }
    public JobState State { get; set; }

    /// <summary>Raised by each claim; a write that carries an older one is refused.</summary>
    public int Epoch { get; set; }

    /// <summary>Claims that were not handed back.</summary>
    public int Attempts { get; set; }

    /// <summary>Attempts that failed because store or database was away; they are not counted, but each makes the next wait longer.</summary>
    public int Postponed { get; set; }
    public string? Worker { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Not dispatched before, after a failed attempt.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Set while a message for the job is on its way or a worker has it.</summary>
    public DateTimeOffset? DispatchedAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
    public string? Stage { get; set; }
    public int? Step { get; set; }
    public int? Steps { get; set; }

    /// <summary>JSON of <see cref="JobReport"/>, once succeeded.</summary>
    public string? Report { get; set; }
    public string? ErrorKind { get; set; }
    public string? ErrorMessage { get; set; }
    public List<Output> Outputs { get; } = [];
}

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.HasKey(job => job.Id);
        builder.Property(job => job.Id).ValueGeneratedNever();
        builder.HasMany(job => job.Outputs).WithOne().HasForeignKey(output => output.JobId);
        builder.HasIndex(job => new { job.BatchId, job.Position }).IsUnique();
        builder.HasIndex(job => new { job.BatchId, job.State, job.Position });
        builder.HasIndex(job => new { job.BatchId, job.Lane, job.Position }, "ix_jobs_waiting").HasFilter("state = 'queued' and dispatched_at is null");
        builder.HasIndex(job => new { job.Model, job.State, job.Tenant }, "ix_jobs_runway").HasFilter("dispatched_at is not null");
        builder.HasIndex(job => job.LeaseUntil, "ix_jobs_leases").HasFilter("state = 'running'");
    }
}
