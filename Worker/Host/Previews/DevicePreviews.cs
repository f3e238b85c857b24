using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Worker.Previews;

/// <summary>The previews of one device: their pace, and how many of them are on their way to the store.</summary>
internal sealed class DevicePreviews(PreviewPace<Guid> pace)
{
    /// <summary>Encoding takes a core, and what is not stored yet takes memory: more at once are too many.</summary>
    private const int MostAtOnce = 2;

    private int _onTheirWay;

    public PreviewPace<Guid> Pace => pace;

    /// <summary>Takes a place for one more; false where there is none.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _onTheirWay) <= MostAtOnce)
            return true;
        Free();
        return false;
    }

    /// <summary>Frees a place that was taken.</summary>
    public void Free() => Interlocked.Decrement(ref _onTheirWay);
}
