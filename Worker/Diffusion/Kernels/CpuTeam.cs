using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>
/// Runs a kernel's parts on the threads that libtorch itself computes with. These wait actively after each of libtorch's operations, so a second
/// set of threads would have to share the cores with them; where libtorch uses another runtime than GNU OpenMP, .NET's thread pool is taken.
/// </summary>
internal static unsafe class CpuTeam
{
    private static readonly delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void> GompParallel;
    private static readonly delegate* unmanaged<int> ThreadNumber;
    private static readonly delegate* unmanaged<int> ThreadCount;

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1810", Justification = "function pointers cannot be initialised inline from one look-up")]
    static CpuTeam()
    {
        using var process = Process.GetCurrentProcess();
        var loaded = process.Modules.Cast<ProcessModule>().Select(module => module.FileName);
        var path = loaded.FirstOrDefault(name => Path.GetFileName(name).StartsWith("libgomp", StringComparison.Ordinal));
        if (path is null || !NativeLibrary.TryLoad(path, out var library)) return;
        if (!NativeLibrary.TryGetExport(library, "GOMP_parallel", out var parallel)) return;
        GompParallel = (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)parallel;
        ThreadNumber = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "omp_get_thread_num");
        ThreadCount = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "omp_get_num_threads");
    }

    /// <summary>How many threads compute.</summary>
    public static int Threads => torch.get_num_threads();

    /// <summary>Calls the body once for each number below <paramref name="parts"/>, all at the same time as far as there are threads, and waits.</summary>
    public static void Run(int parts, Action<int> body)
    {
        if (parts == 1 || Threads == 1)
        {
            for (var part = 0; part < parts; part++) body(part);
        }
        else if (GompParallel == null)
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = Threads }, body);
        }
        else
        {
            RunOnOpenMP(parts, body);
        }
    }

    private static void RunOnOpenMP(int parts, Action<int> body)
    {
        var job = new Job(parts, body);
        var handle = GCHandle.Alloc(job);
        try
        {
            GompParallel(&Member, GCHandle.ToIntPtr(handle), (uint)Math.Min(parts, Threads), 0);
        }
        finally
        {
            handle.Free();
        }

        job.Failure?.Throw();
    }

    [UnmanagedCallersOnly]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1031", Justification = "an exception must not cross native frames; it is thrown again behind them")]
    private static void Member(nint data)
    {
        var job = Unsafe.As<Job>(GCHandle.FromIntPtr(data).Target!);
        try
        {
            for (var part = ThreadNumber(); part < job.Parts; part += ThreadCount()) job.Body(part);
        }
        catch (Exception error)
        {
            job.Failure = ExceptionDispatchInfo.Capture(error);
        }
    }

    private sealed record Job(int Parts, Action<int> Body)
    {
        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
