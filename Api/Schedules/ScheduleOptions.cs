using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Api.Schedules;

/// <summary>What may be scheduled.</summary>
public sealed class ScheduleOptions
{
    public const string Section = "Schedules";

    /// <summary>Bytes of one schedule with its batch, which is read whole. Default: 16 MiB.</summary>
    [Range(1024, 30_000_000, ErrorMessage = "Schedules:MaxBytes must be 1,024 to 30,000,000.")]
    public int MaxBytes { get; set; } = 16 << 20;
}
