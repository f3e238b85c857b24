namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>
/// Says of which pictures it is time for a preview: of each at most one per interval, and of all together only as many as cost a small share of the rendering
/// time. What a preview costs is learned from the ones before, stage by stage; where one turns out to be dearer, those to come wait until that is made up for. For the thread that
/// renders.
/// </summary>
/// <typeparam name="TPicture">What tells pictures apart.</typeparam>
/// <param name="interval">Least time from one preview of a picture to its next, and from the beginning to its first; zero or less for no previews at all.</param>
/// <param name="time">The clock.</param>
public sealed class PreviewPace<TPicture>(TimeSpan interval, TimeProvider time)
    where TPicture : notnull
{
    /// <summary>Most of the rendering time that is spent on previews.</summary>
    public const double MostShare = 0.05;

    private readonly Dictionary<string, TimeSpan> _costs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _measured = new(StringComparer.Ordinal);
    private readonly Dictionary<TPicture, TimeSpan> _seen = [];
    private long _begun;
    private TimeSpan _now;
    private TimeSpan _spent;
    private bool _isOver;

    /// <summary>Begins with other pictures; what previews cost is remembered, and what was spent on them too much.</summary>
    public void Begin()
    {
        // The first of a stage is a cold one: where it was too dear to be repeated, it must not stand for ever.
        foreach (var stage in _costs.Keys.Except(_measured).ToList()) _costs[stage] /= 2;
        _measured.Clear();
        _seen.Clear();
        var owed = _spent - (_now * MostShare);
        (_begun, _now, _spent, _isOver) = (time.GetTimestamp(), TimeSpan.Zero, owed > TimeSpan.Zero ? owed : TimeSpan.Zero, interval <= TimeSpan.Zero);
    }

    /// <summary>No more previews until the next beginning.</summary>
    public void End() => _isOver = true;

    /// <summary>The pictures to look at now, those first that were not seen for longest; of a stage of which the cost is not known, one.</summary>
    /// <param name="stage">stage1, stage2 …</param>
    /// <param name="pictures">Those that can be looked at.</param>
    /// <param name="part">As <see cref="RenderProgress.PreviewPart"/>.</param>
    public IReadOnlyList<TPicture> Due(string stage, IEnumerable<TPicture> pictures, double part = 1)
    {
        if (_isOver) return [];
        var now = _now = time.GetElapsedTime(_begun);
        var left = (now * MostShare) - _spent;
        if (now < interval || left <= TimeSpan.Zero) return [];
        var known = _costs.TryGetValue(stage, out var whole);
        var cost = whole * part;
        var most = !known ? 1 : cost <= TimeSpan.Zero ? int.MaxValue : (int)Math.Min(int.MaxValue, left / cost);
        return most == 0 ? [] : [.. pictures.Where(picture => now - SeenAt(picture) >= interval).OrderBy(SeenAt).Take(most)];
    }

    /// <summary>A preview was made.</summary>
    /// <param name="stage">As for <see cref="Due"/>.</param>
    /// <param name="picture">Of which.</param>
    /// <param name="cost">How long it held up the rendering.</param>
    /// <param name="part">As for <see cref="Due"/>.</param>
    public void Made(string stage, TPicture picture, TimeSpan cost, double part = 1)
    {
        _costs[stage] = cost / part;
        _measured.Add(stage);
        _spent += cost;
        Pass(picture);
    }

    /// <summary>No preview was made although it was time: this picture's turn comes again after an interval.</summary>
    public void Pass(TPicture picture) => _seen[picture] = time.GetElapsedTime(_begun);

    private TimeSpan SeenAt(TPicture picture) => _seen.GetValueOrDefault(picture, TimeSpan.Zero);
}
