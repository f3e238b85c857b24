using System.Runtime.InteropServices;

namespace RenderFarm.Diffusion.Layers;

/// <summary>
/// Has glibc's heap keep the memory of freed tensors. By default what lies free at the heap's end goes back to the system, and its pages are cleared
/// anew when they are wanted again: a fifth of the processor's time for eight pictures of the bundled cascade.
/// </summary>
public static partial class CpuHeap
{
    // malloc.h's names for mallopt's parameters.
    private const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3;

    private const int LargestKept = 32 << 20; // glibc takes no larger threshold
    private const int LargestSpare = 1 << 30;
    private const int ThreadHeap = 64 << 20; // glibc's HEAP_MAX_SIZE: threads' heaps are made of such pieces, and a free one goes unless so much is to be spare

    private static readonly Lazy<bool> Kept = new(Configure);

    /// <summary>
    /// Keeps blocks of up to 32 MB from now on, in this process: up to 1 GB at the main heap's end, all in the heaps of threads until <see cref="GiveBack"/>.
    /// Nothing happens where the C library is another than glibc, or where a variable of glibc's (MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_THRESHOLD_,
    /// MALLOC_TOP_PAD_) says what to do.
    /// </summary>
    /// <returns>Whether it is so.</returns>
    public static bool Keep() => Kept.Value;

    /// <summary>
    /// Gives what lies free back to the system, all but up to 64 MB at the end of each thread's heap: for when a model was freed, whose weights another
    /// of other sizes, or another process, has no use for.
    /// Nothing happens where the heap keeps nothing (<see cref="Keep"/>).
    /// </summary>
    public static void GiveBack()
    {
        if (Keep()) _ = Trim(0);
    }

    private static bool Configure()
    {
        if (!OperatingSystem.IsLinux() || IsSet("MALLOC_TRIM_THRESHOLD_") || IsSet("MALLOC_MMAP_THRESHOLD_") || IsSet("MALLOC_TOP_PAD_")) return false;
        if (!NativeLibrary.TryLoad("libc.so.6", out var library) || !NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _)) return false;
        return SetOption(MmapThreshold, LargestKept) != 0 && SetOption(TrimThreshold, LargestSpare) != 0 && SetOption(TopPad, ThreadHeap) != 0;
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetOption(int parameter, int value);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Trim(nuint left);
}
