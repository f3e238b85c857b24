using System.Security.Cryptography;
using System.Text;
using RenderFarm.Cli.Errors;
using RenderFarm.Diffusion.Files;

namespace RenderFarm.Cli.Output;

/// <summary>The folder that takes a command's files. Each appears whole or not at all.</summary>
internal sealed class PictureFolder
{
    private const int LongestName = 200;

    private PictureFolder(string path) => Path = path;

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Makes the folder where it is missing and proves that files can be written there, before anything costly begins.</summary>
    /// <exception cref="ToolException">They cannot.</exception>
    public static PictureFolder Open(string path) => new(WritableFolder.Open(path, "output folder", "--out"));

    /// <summary>Where a file of this name lies, or will.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file beside its place and moves it there when it is whole.</summary>
    public async Task<string> WriteAsync(string name, Func<Stream, Task> write)
    {
        using var file = new AtomicFile(PathOf(name));
        await write(file.Content).ConfigureAwait(false);
        file.Complete();
        return PathOf(name);
    }

    /// <summary>
    /// A job's name as a file name: itself where it can be one. Characters that some file system refuses are percent-encoded, so that no
    /// name leads out of the folder; one that is too long is cut and ends in a hash of the whole.
    /// </summary>
    public static string FileNameOf(string customId)
    {
        var name = new StringBuilder();
        foreach (var rune in customId.EnumerateRunes())
        {
            var refused = rune.Value < ' ' || "/\\:*?\"<>|%".Contains((char)Math.Min(rune.Value, char.MaxValue)) || (rune.Value == '.' && name.Length == 0);
            if (refused) name.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{rune.Value:X2}");
            else name.Append(rune.ToString());
        }
        if (Encoding.UTF8.GetByteCount(name.ToString()) <= LongestName) return name.ToString();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(customId)))[..12];
        var bytes = 0;
        var kept = name.ToString().EnumerateRunes().TakeWhile(rune => (bytes += rune.Utf8SequenceLength) <= LongestName - hash.Length - 1);
        return $"{string.Concat(kept)}~{hash}";
    }
}
