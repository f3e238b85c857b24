using System.Runtime.InteropServices;

namespace RenderFarm.Persistence.Storage;

/// <summary>Puts a folder's entries on the disk: on Unix a renamed file survives a power cut only after that.</summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;
    private const int NotSupportedOnDarwin = 45;
    private const int NotImplemented = 38;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            throw new IOException($"Cannot open folder '{folder}' to flush it: error {Marshal.GetLastPInvokeError()}.");
        try
        {
            Check(folder, Fsync(descriptor), Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>A file system that cannot flush folders says so, and there is nothing better to do on it; any other error means that the entry may be lost.</summary>
    internal static void Check(string folder, int result, int error)
    {
        if (result != 0 && error is not (InvalidArgument or NotSupported or NotSupportedOnDarwin or NotImplemented))
            throw new IOException($"Folder '{folder}' could not be flushed to the disk: error {error}.");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
