using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Models;

/// <summary>A worker that said it renders a model. Its row goes when it says goodbye, or was not heard of for long.</summary>
public sealed class RegisteredWorker
{
    public required string Model { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset SeenAt { get; set; }
}

internal sealed class RegisteredWorkerConfiguration : IEntityTypeConfiguration<RegisteredWorker>
{
    public void Configure(EntityTypeBuilder<RegisteredWorker> builder)
    {
        builder.ToTable("workers");
        builder.HasKey(worker => new { worker.Model, worker.Name });
    }
}
