namespace RenderFarm.Training.Scenes;

/// <summary>
/// A small random stream that splits: sample number i of a run draws from <c>new SceneRandom(seed).Split(i)</c>, whatever
/// thread makes it and wherever training resumes. SplitMix64 (Steele, Lea and Flood 2014).
/// </summary>
internal sealed class SceneRandom(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong _seed = seed;
    private ulong _state = Mix(seed);

    /// <summary>An independent stream for this key; the same key gives the same stream, however much was drawn before.</summary>
    public SceneRandom Split(ulong key) => new(Mix(_seed + Golden) ^ Mix((key * Golden) + 1));

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += Golden);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>An integer in [0, bound).</summary>
    public int Next(int bound) => (int)Math.BigMul(NextBits(), (ulong)bound, out _);

    /// <summary>True with this probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of the choices, each equally likely.</summary>
    public T Pick<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];

    /// <summary>Puts the items into a random order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Next(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
