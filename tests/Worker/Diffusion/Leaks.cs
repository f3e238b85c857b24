using TorchSharp;

namespace RenderFarm.Diffusion.Tests;

/// <summary>Counts tensors that are alive on this thread.</summary>
internal static class Leaks
{
    /// <summary>How many more tensors live after the action than before it.</summary>
    public static long Of(Action action)
    {
        var before = Alive;
        action();
        return Alive - before;
    }

    private static long Alive => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
