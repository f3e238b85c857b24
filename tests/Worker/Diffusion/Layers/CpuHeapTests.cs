using System.Globalization;
using RenderFarm.Diffusion.Layers;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Layers;

public sealed class CpuHeapTests
{
    private const int Rounds = 20;
    private const int Threads = 4; // glibc gives threads that live at the same time heaps of their own
    private const int Tensors = 4; // together more than glibc leaves at the heap's end by itself
    private const int Floats = 7 << 20; // 28 MB, 7168 pages

    [Fact]
    public void Keep_TensorsMadeAndFreedAgainOnAnyThread_TakeTheirMemoryFromTheHeap()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The C library is not glibc.");
        Assert.SkipUnless(CpuHeap.Keep(), "The environment says what glibc's heap does, or the C library is not glibc.");
        var (atStart, before) = (PagesTaken(), 0L);
        using var barrier = new Barrier(Threads, _ => before = PagesTaken());
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            Write();
            barrier.SignalAndWait();
            for (var round = 0; round < Rounds; round++) Write();
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.SkipUnless(before - atStart > 7168, "Memory comes in huge pages, which this test does not count.");
        Assert.InRange(PagesTaken() - before, 0, Threads * Rounds * Tensors * 7168 / 8); // fresh memory each time would be all of them
    }

    [Fact]
    public void GiveBack_ManyTensorsFreedBelowOneThatStays_TheirMemoryIsTheSystemsAgain()
    {
        const int Many = 256, Large = 1 << 20; // 4 MB each, 1 GB in all
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The C library is not glibc.");
        Assert.SkipUnless(CpuHeap.Keep(), "The environment says what glibc's heap does, or the C library is not glibc.");
        var model = Enumerable.Range(0, Many).Select(_ => ones(Large)).ToList();
        using var stays = ones(Large);
        model.ForEach(weight => weight.Dispose());
        var before = Resident();
        CpuHeap.GiveBack();
        Assert.InRange(before - Resident(), (long)Many * Large * sizeof(float) / 2, long.MaxValue);
    }

    private static void Write()
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < Tensors; i++) ones(Floats);
    }

    /// <summary>Minor faults of this process so far: field 10 of /proc/self/stat, counted behind the name in brackets.</summary>
    private static long PagesTaken()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }

    /// <summary>Bytes of this process in memory.</summary>
    private static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
