using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RenderFarm.Persistence.Jobs;

/// <summary>One committed picture of a job.</summary>
public sealed class Output
{
    public Guid JobId { get; set; }

    /// <summary>Number within the job, from 0.</summary>
    public int Number { get; set; }

    /// <summary>Key in the object store.</summary>
    public required string Key { get; set; }
    public required string ContentType { get; set; }
    public int Width { get; set; }
    public int Height { get; set; }
    public long Size { get; set; }

    /// <summary>Lower-case hexadecimal.</summary>
    public required string Sha256 { get; set; }
}

internal sealed class OutputConfiguration : IEntityTypeConfiguration<Output>
{
    public void Configure(EntityTypeBuilder<Output> builder)
    {
        builder.HasKey(output => new { output.JobId, output.Number });
        builder.HasIndex(output => output.Key).IsUnique();
    }
}
