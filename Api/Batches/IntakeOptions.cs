using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Api.Batches;

/// <summary>What one submission may hold.</summary>
public sealed class IntakeOptions
{
    public const string Section = "Intake";

    /// <summary>Jobs in one batch. Default: 100,000.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Intake:MaxJobs must be 1 to 1,000,000.")]
    public int MaxJobs { get; set; } = 100_000;

    /// <summary>Bytes of one request. Default: 512 MiB.</summary>
    [Range(1024, long.MaxValue, ErrorMessage = "Intake:MaxBytes must be 1,024 or more.")]
    public long MaxBytes { get; set; } = 512L << 20;

    /// <summary>Bytes of the different pictures that one batch holds as data URIs. Default: 64 MiB.</summary>
    [Range(0, 1L << 30, ErrorMessage = "Intake:MaxInlineBytes must be 0 to 1,073,741,824.")]
    public long MaxInlineBytes { get; set; } = 64L << 20;

    /// <summary>Errors named in one answer; reading stops there. Default: 100.</summary>
    [Range(1, 10_000, ErrorMessage = "Intake:MaxErrors must be 1 to 10,000.")]
    public int MaxErrors { get; set; } = 100;
}
