using System.Globalization;
using System.Text.RegularExpressions;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Persistence.Storage;

/// <summary>Names of objects. A key holds job and epoch, so that a worker that lost its lease never overwrites the winner's picture.</summary>
public static partial class ObjectKey
{
    /// <summary><c>{tenant}/{batch}/{job}/{epoch}-{image}.png</c></summary>
    public static string Picture(string tenant, Guid batch, Guid job, int epoch, int image) =>
        Check(string.Create(CultureInfo.InvariantCulture, $"{tenant}/{batch:N}/{job:N}/{epoch}-{image}.png"));

    /// <summary>What the keys of all pictures of a batch begin with.</summary>
    public static string Batch(string tenant, Guid batch) => $"{tenant}/{batch:N}/";

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

    [GeneratedRegex("^[A-Za-z0-9_-]+/[0-9a-f]{32}/(?<job>[0-9a-f]{32})/(?<epoch>[0-9]+)-[0-9]+\\.png\\z")]
    private static partial Regex PictureKey();
}
