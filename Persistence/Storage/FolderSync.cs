using System.Runtime.InteropServices;

namespace RenderFarm.Persistence.Storage;

/// <summary>Puts a folder's entries on the disk: on Unix a renamed file survives a power cut only after that.</summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            throw new IOException($"Cannot open folder '{folder}' to flush it: error {Marshal.GetLastPInvokeError()}.");
        try
        {
            // A file system that cannot flush folders answers EINVAL; there is nothing better to do on it.
            _ = Fsync(descriptor);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
