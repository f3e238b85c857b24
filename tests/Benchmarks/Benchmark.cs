namespace RenderFarm.Benchmarks;

/// <summary>One measurement, called by its name on the command line. A new one is a class of its own in this project, nothing else.</summary>
internal abstract class Benchmark
{
    public abstract string Name { get; }

    /// <summary>The arguments, for the usage text.</summary>
    public abstract string Usage { get; }

    /// <exception cref="ArgumentException">The arguments are not those of <see cref="Usage"/>.</exception>
    public abstract void Run(string[] arguments, TextWriter output);

    /// <summary>A whole number above 0.</summary>
    protected static int Count(string name, string text) =>
        int.TryParse(text, out var count) && count > 0 ? count : throw new ArgumentException($"{name} is {text}; expected is a whole number from 1.");

    /// <summary>Whether --peer stands behind so many other arguments.</summary>
    protected static bool HasPeer(string[] arguments, int others) =>
        arguments.Length == others || (arguments.Length == others + 1 && arguments[^1] == "--peer")
            ? arguments.Length > others
            : throw new ArgumentException($"The arguments are '{string.Join(' ', arguments)}'; expected are {others}, and --peer where diffusers is to be measured, too.");

    public static IReadOnlyList<Benchmark> All() =>
    [
        .. typeof(Benchmark).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Benchmark)) && !type.IsAbstract)
            .Select(type => (Benchmark)Activator.CreateInstance(type)!)
            .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal),
    ];
}
