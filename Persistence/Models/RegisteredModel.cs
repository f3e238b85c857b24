using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Models;

/// <summary>A model that some worker said it can render.</summary>
public sealed class RegisteredModel
{
    public required string Name { get; set; }

    /// <summary>JSON of its description.</summary>
    public required string Description { get; set; }
    public DateTimeOffset RegisteredAt { get; set; }
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>When its workers were last known to be busy, or gone: while they are, a message that waits is not lost.</summary>
    public DateTimeOffset? BusyAt { get; set; }

    /// <summary>Since when the operator holds back its jobs; null while they are rendered.</summary>
    public DateTimeOffset? PausedAt { get; set; }
}

internal sealed class RegisteredModelConfiguration : IEntityTypeConfiguration<RegisteredModel>
{
    public void Configure(EntityTypeBuilder<RegisteredModel> builder)
    {
        builder.ToTable("models");
        builder.HasKey(model => model.Name);
    }
}
