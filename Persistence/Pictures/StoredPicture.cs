using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Pictures;

/// <summary>A picture that a tenant's jobs can name. Its bytes are in the object store.</summary>
public sealed class StoredPicture
{
    public required string Tenant { get; set; }

    /// <summary>Of the file, lower-case hexadecimal: the same bytes are the same picture.</summary>
    public required string Sha256 { get; set; }

    /// <summary>Key in the object store; another one where the same bytes come again after they were deleted.</summary>
    public required string Key { get; set; }
    public required string ContentType { get; set; }
    public int Width { get; set; }
    public int Height { get; set; }
    public long Size { get; set; }

    /// <summary>When it was last uploaded, or named by a submission.</summary>
    public DateTimeOffset UsedAt { get; set; }
}

internal sealed class StoredPictureConfiguration : IEntityTypeConfiguration<StoredPicture>
{
    public void Configure(EntityTypeBuilder<StoredPicture> builder)
    {
        builder.HasKey(picture => new { picture.Tenant, picture.Sha256 });
        builder.HasIndex(picture => picture.Key).IsUnique();
        builder.HasIndex(picture => picture.UsedAt);
    }
}
