// Compiled by MSBuild at build time (LibTorchSharp.targets) and again by the tests; not part of RenderFarm.Diffusion.
using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Marks one symbol-version need of an ELF64 little-endian library weak (VER_FLG_WEAK in Vernaux.vna_flags), found by walking the
/// section headers to .gnu.version_r. Writes a new file in place of the old one, so hard links to a package cache stay untouched,
/// and keeps the time stamp, so that an incremental build does not copy the library anew.
/// Layout: System V ABI, chapter "Symbol Versioning" (LSB 5.0, section 10.7).
/// </summary>
public class MarkVersionNeedWeak : Task
{
    private const uint VersionNeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2;                      // VER_FLG_WEAK

    /// <summary>The library's path.</summary>
    [Required] public string Library { get; set; }

    /// <summary>The version's name, e.g. GLIBCXX_3.4.32.</summary>
    [Required] public string Version { get; set; }

    /// <inheritdoc />
    public override bool Execute()
    {
        var image = File.ReadAllBytes(Library);
        if (!TryMark(image, Version, out var error))
        {
            Log.LogError("{0}: {1}", Library, error);
            return false;
        }
        if (error != null) return true; // nothing to change
        var stamp = File.GetLastWriteTimeUtc(Library);
        var copy = Library + ".mended";
        File.WriteAllBytes(copy, image);
        File.SetLastWriteTimeUtc(copy, stamp);
        File.Delete(Library);
        File.Move(copy, Library);
        Log.LogMessage(MessageImportance.Low, "{0}: need of {1} marked weak", Library, Version);
        return true;
    }

    /// <summary>Changes <paramref name="image"/> in memory.</summary>
    /// <returns>False when the image cannot be read as ELF64; true otherwise, with a non-null reason where nothing had to change.</returns>
    public static bool TryMark(byte[] image, string version, out string reason)
    {
        reason = null;
        if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F')
        {
            reason = "not an ELF file; delete it and build again";
            return false;
        }
        if (image[4] != 2 || image[5] != 1)
        {
            reason = "not a 64-bit little-endian ELF file, nothing to change";
            return true;
        }
        var sections = BitConverter.ToInt64(image, 0x28);
        int size = BitConverter.ToUInt16(image, 0x3A), count = BitConverter.ToUInt16(image, 0x3C);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var header = checked((int)(sections + (long)i * size));
                if (BitConverter.ToUInt32(image, header + 4) != VersionNeedSection) continue;
                var needs = checked((int)BitConverter.ToInt64(image, header + 0x18));
                var entries = BitConverter.ToInt32(image, header + 0x2C);
                var link = BitConverter.ToInt32(image, header + 0x28);
                var names = checked((int)BitConverter.ToInt64(image, checked((int)(sections + (long)link * size)) + 0x18));
                if (MarkIn(image, needs, entries, names, version)) return true;
            }
        }
        catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
        {
            reason = "truncated ELF file; delete it and build again";
            return false;
        }
        reason = "no need of " + version + " that is not weak already";
        return true;
    }

    // A chain of Verneed records (vn_cnt at 2, vn_aux at 8, vn_next at 12), each with a chain of Vernaux (vna_flags at 4, vna_name at 8, vna_next at 12).
    private static bool MarkIn(byte[] image, int need, int entries, int names, string version)
    {
        for (var i = 0; i < entries; i++)
        {
            var aux = need + BitConverter.ToInt32(image, need + 8);
            for (var j = 0; j < BitConverter.ToUInt16(image, need + 2); j++)
            {
                var flags = BitConverter.ToUInt16(image, aux + 4);
                if ((flags & Weak) == 0 && NameAt(image, names + BitConverter.ToInt32(image, aux + 8)) == version)
                {
                    BitConverter.GetBytes((ushort)(flags | Weak)).CopyTo(image, aux + 4);
                    return true;
                }
                aux += BitConverter.ToInt32(image, aux + 12);
            }
            need += BitConverter.ToInt32(image, need + 12);
        }
        return false;
    }

    private static string NameAt(byte[] image, int offset)
    {
        var end = Array.IndexOf(image, (byte)0, offset);
        return Encoding.ASCII.GetString(image, offset, end - offset);
    }
}
