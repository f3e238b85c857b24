namespace RenderFarm.Benchmarks;

/// <summary>One measurement, called by its name on the command line. A new one is a class of its own in this project, nothing else.</summary>
internal abstract class Benchmark
{
    public abstract string Name { get; }

    /// <summary>The arguments, for the usage text.</summary>
    public abstract string Usage { get; }

    /// <exception cref="ArgumentException">The arguments are not those of <see cref="Usage"/>.</exception>
    public abstract void Run(string[] arguments, TextWriter output);

    public static IReadOnlyList<Benchmark> All() =>
    [
        .. typeof(Benchmark).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Benchmark)) && !type.IsAbstract)
            .Select(type => (Benchmark)Activator.CreateInstance(type)!)
            .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal),
    ];
}
