using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Worker;

/// <summary>How a worker takes and holds jobs.</summary>
public sealed class WorkerOptions : IValidatableObject
{
    public const string Section = "Worker";

    /// <summary>Name in leases and job status; must be this process's own. Default: machine, process and a random part.</summary>
    public string Name { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}";

    /// <summary>Time without a heartbeat after which a job is given to another.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time between heartbeats. They also carry progress to the status and cancellations back.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait of a job for others to be rendered with while the device is idle.</summary>
    public TimeSpan CompanyWait { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>At shutdown, time for the group on the device to finish before it is handed back.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Least time that a stage must have taken for its result to be stored, so that another attempt need not draw it again. What is stored is a picture
    /// in 32-bit floats: 50 kB at 64 x 64, 800 kB at 256 x 256. Default: 5 seconds.
    /// </summary>
    public TimeSpan CheckpointAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of files, of pictures that jobs name, that are kept for the next jobs with the same. Default: 64 MiB.</summary>
    [Range(0, 1L << 40, ErrorMessage = "Worker:InputCacheBytes must be 0 to 1,099,511,627,776.")]
    public long InputCacheBytes { get; set; } = 64L << 20;

    /// <summary>Tries to store a picture, or to commit, before the attempt counts as failed.</summary>
    [Range(1, 20, ErrorMessage = "Worker:DeliveryTries must be 1 to 20.")]
    public int DeliveryTries { get; set; } = 4;

    /// <summary>Wait after the first such try; doubled after each.</summary>
    public TimeSpan DeliveryDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Name))
            yield return new("Worker:Name is empty; give each worker process a name of its own, or leave the setting out.", [nameof(Name)]);
        if (Heartbeat <= TimeSpan.Zero || Lease < Heartbeat * 3)
            yield return new($"Worker:Lease is {Lease} and Worker:Heartbeat {Heartbeat}; the lease must be at least three heartbeats.", [nameof(Lease)]);
        if (CompanyWait < TimeSpan.Zero || DrainTimeout < TimeSpan.Zero || DeliveryDelay < TimeSpan.Zero || CheckpointAfter < TimeSpan.Zero)
            yield return new("Worker:CompanyWait, Worker:DrainTimeout, Worker:DeliveryDelay and Worker:CheckpointAfter must not be negative.", [nameof(CompanyWait)]);
    }
}
