using System.Globalization;
using System.Text.RegularExpressions;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Persistence.Storage;

/// <summary>Names of objects. A key holds job and epoch, so that a worker that lost its lease never overwrites the winner's picture.</summary>
public static partial class ObjectKey
{
    private static readonly string[] NumbersOfPreviews = ["epoch", "number", "step", "steps"];

    /// <summary><c>{tenant}/{batch}/{job}/{epoch}-{image}.png</c></summary>
    public static string Picture(string tenant, Guid batch, Guid job, int epoch, int image) =>
        Check(string.Create(CultureInfo.InvariantCulture, $"{tenant}/{batch:N}/{job:N}/{epoch}-{image}.png"));

    /// <summary><c>{tenant}/{batch}/{job}/{epoch}-stage{n}.{fingerprint}.{SHA-256}.checkpoint</c>: what is stored can be told from the key alone, and checked.</summary>
    /// <param name="job">Whose it is; its epoch is that of the attempt that keeps it.</param>
    /// <param name="checkpoint">What is kept.</param>
    internal static string Checkpoint(ClaimedJob job, StoredCheckpoint checkpoint) => Check(string.Create(CultureInfo.InvariantCulture,
        $"{Job(job)}{job.Epoch}-stage{checkpoint.Stage + 1}.{checkpoint.Fingerprint}.{Digest.Of(checkpoint.Content.Span)}.checkpoint"));

    /// <summary>What the keys of everything about a job begin with.</summary>
    internal static string Job(ClaimedJob job) => Job(job.Tenant, job.BatchId, job.Id);

    /// <summary>As the other.</summary>
    internal static string Job(string tenant, Guid batch, Guid job) => $"{Batch(tenant, batch)}{job:N}/";

    /// <summary>What a checkpoint's key says; null for a key that is none.</summary>
    internal static CheckpointName? CheckpointOf(string key)
    {
        var match = CheckpointKey().Match(key);
        return match.Success && int.TryParse(match.Groups["epoch"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            && int.TryParse(match.Groups["stage"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var stage)
            ? new(key, Guid.ParseExact(match.Groups["job"].Value, "N"), epoch, stage - 1, match.Groups["fingerprint"].Value, match.Groups["sha256"].Value) : null;
    }

    /// <summary><c>{tenant}/{batch}/{job}/{epoch}-preview{number}.{stage}.{step}-{steps}.{SHA-256}.png</c>: what it shows can be told from the key alone.</summary>
    /// <param name="job">Whose it is; its epoch is that of the attempt that it shows.</param>
    /// <param name="preview">What is kept.</param>
    internal static string Preview(ClaimedJob job, NewPreview preview) => Check(string.Create(CultureInfo.InvariantCulture,
        $"{Job(job)}{job.Epoch}-preview{preview.Number}.{preview.Stage}.{preview.Step}-{preview.Steps}.{Digest.Of(preview.Png.Span)}.png"));

    /// <summary>What a preview's key says; null for a key that is none.</summary>
    internal static PreviewName? PreviewOf(string key)
    {
        var match = PreviewKey().Match(key);
        if (!match.Success)
            return null;
        int[] numbers = [.. NumbersOfPreviews.Select(group => int.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)];
        return numbers.Contains(-1) ? null
            : new(key, new(Guid.ParseExact(match.Groups["job"].Value, "N"), numbers[0]), numbers[1], match.Groups["stage"].Value, numbers[2], numbers[3], match.Groups["sha256"].Value);
    }

    /// <summary><c>{tenant}/inputs/{SHA-256}-{random}</c>, a new one each time.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="sha256">Of the file, lower-case hexadecimal.</param>
    internal static string Input(string tenant, string sha256) => Check($"{tenant}/inputs/{sha256}-{Guid.NewGuid():N}");

    /// <summary>Whether a key is that of a picture that jobs name.</summary>
    internal static bool IsInput(string key) => InputKey().IsMatch(key);

    /// <summary>What the keys of all pictures of a batch begin with.</summary>
    public static string Batch(string tenant, Guid batch) => $"{tenant}/{batch:N}/";

    /// <summary>The job that a picture, a kept stage or a preview is of; null for a key that is none of ours.</summary>
    internal static Guid? JobOf(string key) => Attempt(key)?.JobId ?? CheckpointOf(key)?.JobId ?? PreviewOf(key)?.Job.JobId;

    /// <summary>The job and epoch that a picture's key holds; null for a key that is none of ours.</summary>
    public static HeldJob? Attempt(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var match = PictureKey().Match(key);
        return match.Success && int.TryParse(match.Groups["epoch"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            ? new(Guid.ParseExact(match.Groups["job"].Value, "N"), epoch) : null;
    }

    /// <summary>Returns the key, or throws where it could lead out of the store.</summary>
    public static string Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Safe().IsMatch(key))
            throw new ArgumentException($"'{key}' is no object key: parts of letters, digits, '_', '-' and '.', none beginning with '.', joined by '/'.", nameof(key));
        return key;
    }

    [GeneratedRegex("^(?!.{513})[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\\z")]
    private static partial Regex Safe();

    [GeneratedRegex("^[A-Za-z0-9_-]+/inputs/[0-9a-f]{64}-[0-9a-f]{32}\\z")]
    private static partial Regex InputKey();

    [GeneratedRegex("^[A-Za-z0-9_-]+/[0-9a-f]{32}/(?<job>[0-9a-f]{32})/(?<epoch>[0-9]+)-[0-9]+\\.png\\z")]
    private static partial Regex PictureKey();

    [GeneratedRegex("^[A-Za-z0-9_-]+/[0-9a-f]{32}/(?<job>[0-9a-f]{32})/(?<epoch>[0-9]+)-stage(?<stage>[1-9][0-9]?)\\.(?<fingerprint>[0-9a-f]+)\\.(?<sha256>[0-9a-f]{64})\\.checkpoint\\z")]
    private static partial Regex CheckpointKey();

    [GeneratedRegex("^[A-Za-z0-9_-]+/[0-9a-f]{32}/(?<job>[0-9a-f]{32})/(?<epoch>[0-9]+)-preview(?<number>[0-9]+)\\.(?<stage>[A-Za-z0-9_-]+)\\.(?<step>[0-9]+)-(?<steps>[0-9]+)\\.(?<sha256>[0-9a-f]{64})\\.png\\z")]
    private static partial Regex PreviewKey();
}
