using Microsoft.EntityFrameworkCore;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Messages;
using RenderFarm.Persistence.Models;
using RenderFarm.Persistence.Pictures;
using RenderFarm.Persistence.Schedules;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence;

/// <summary>The farm's tables. One derived context per database, because each has migrations of its own.</summary>
public abstract class FarmContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Batch> Batches => Set<Batch>();
    public DbSet<Lane> Lanes => Set<Lane>();
    public DbSet<Turn> Turns => Set<Turn>();
    public DbSet<OpenSending> OpenSendings => Set<OpenSending>();
    public DbSet<Job> Jobs => Set<Job>();
    public DbSet<Output> Outputs => Set<Output>();
    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();
    public DbSet<OutboxEvent> Outbox => Set<OutboxEvent>();
    public DbSet<SetAsideMessage> Undelivered => Set<SetAsideMessage>();
    public DbSet<StoredPicture> Pictures => Set<StoredPicture>();
    public DbSet<PictureUse> PictureUses => Set<PictureUse>();
    public DbSet<Schedule> Schedules => Set<Schedule>();
    public DbSet<RegisteredModel> Models => Set<RegisteredModel>();
    public DbSet<RegisteredWorker> Workers => Set<RegisteredWorker>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(FarmContext).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Milliseconds since 1970: compared and indexed alike by both databases, which SQLite does not do with its date texts.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<JobState>().HaveConversion<LowerCaseText<JobState>>();
        configurationBuilder.Properties<BatchState>().HaveConversion<LowerCaseText<BatchState>>();
    }
}
