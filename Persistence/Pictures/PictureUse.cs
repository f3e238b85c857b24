using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Pictures;

/// <summary>That a batch or a schedule names a picture, which therefore stays. One row however many jobs of it do.</summary>
public sealed class PictureUse
{
    /// <summary>The batch's or the schedule's id.</summary>
    public Guid OwnerId { get; set; }
    public required string Tenant { get; set; }
    public required string Sha256 { get; set; }
}

internal sealed class PictureUseConfiguration : IEntityTypeConfiguration<PictureUse>
{
    public void Configure(EntityTypeBuilder<PictureUse> builder)
    {
        builder.HasKey(use => new { use.OwnerId, use.Sha256 });
        builder.HasOne<StoredPicture>().WithMany().HasForeignKey(use => new { use.Tenant, use.Sha256 }).OnDelete(DeleteBehavior.Restrict);
    }
}
