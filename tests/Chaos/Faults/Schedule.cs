using RenderFarm.Chaos.Farms;

namespace RenderFarm.Chaos.Faults;

/// <summary>Which faults come when: nothing but the seed, the time and the size of the farm decides.</summary>
internal static class Schedule
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);

    /// <summary>Faults in order of time. Every kind comes before any comes twice; they overlap.</summary>
    public static IReadOnlyList<Fault> Of(int seed, TimeSpan duration, int apis, int workers)
    {
        var random = new Random(seed);
        var faults = new List<Fault>();
        var kinds = new Queue<FaultKind>();
        // At most three seconds apart on average, and in a short run so close that every kind fits.
        var gap = Math.Min(3, (duration - First).TotalSeconds / Enum.GetValues<FaultKind>().Length);
        for (var at = First; at < duration; at += TimeSpan.FromSeconds(gap * (0.5 + random.NextDouble())))
        {
            if (kinds.Count == 0)
            {
                var all = Enum.GetValues<FaultKind>();
                random.Shuffle(all);
                all.ToList().ForEach(kinds.Enqueue);
            }

            var kind = kinds.Dequeue();
            var victim = random.Next(kind switch
            {
                FaultKind.KillApi or FaultKind.FreezeApi => apis,
                FaultKind.KillWorker or FaultKind.FreezeWorker => workers,
                _ => apis + workers,
            });
            // Longer than a lease of 5 s where a process stands still.
            var lasts = kind is FaultKind.FreezeWorker or FaultKind.FreezeApi ? 7 + 4 * random.NextDouble() : 1 + 5 * random.NextDouble();
            faults.Add(new(at, TimeSpan.FromSeconds(lasts), kind, victim, (Server)random.Next(3)));
        }

        return faults;
    }
}
