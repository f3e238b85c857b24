using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>Names the queue on which a model's jobs wait for workers.</summary>
public static partial class RenderQueue
{
    /// <summary>
    /// Where messages end up that the broker or a worker gave up. No model's queue has this name: theirs begin otherwise.
    /// </summary>
    public const string Undelivered = "renderfarm-undelivered";

    private const string Prefix = "render-";

    /// <summary>Whether this is the name of some model's queue.</summary>
    public static bool IsModels(string queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return queue.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>
    /// The model's name where a broker allows it. Where it does not, a hash tells models apart whose names differ only in what was replaced;
    /// a name that looks like one with a hash gets one, too.
    /// </summary>
    public static string Of(string model)
    {
        var name = Unsafe().Replace(model, "-");
        return name == model && !Hashed().IsMatch(model) ? $"{Prefix}{name}" : $"{Prefix}{name}.{Hash(model)}";
    }

    private static string Hash(string model) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model)).AsSpan(0, 8));

    [GeneratedRegex("[^A-Za-z0-9_.-]")]
    private static partial Regex Unsafe();

    [GeneratedRegex("\\.[0-9a-f]{16}\\z")]
    private static partial Regex Hashed();
}
