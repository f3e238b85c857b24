using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>The names under which settings speak of samplers.</summary>
internal static class SamplerName
{
    private static readonly (string Name, SamplerKind Kind, bool Stochastic)[] Known =
    [
        ("ddpm", SamplerKind.Ddpm, false),
        ("ddim", SamplerKind.Ddim, false),
        ("pndm", SamplerKind.Pndm, false),
        ("dpm-solver++", SamplerKind.DpmSolver, false),
        ("sde-dpm-solver++", SamplerKind.DpmSolver, true),
        ("euler", SamplerKind.Euler, false),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(known => known.Name)];

    public static string Of(SchedulerConfig scheduler) =>
        Known.First(known => known.Kind == scheduler.Kind && known.Stochastic == scheduler.Stochastic).Name;

    /// <summary>The stage's scheduler, exchanged for the one of that name.</summary>
    /// <exception cref="SettingsException">No sampler has that name.</exception>
    public static SchedulerConfig Apply(string? name, Func<SamplerKind?, SchedulerConfig> load)
    {
        if (name is null) return load(null);
        foreach (var known in Known)
        {
            if (known.Name == name) return load(known.Kind) with { Stochastic = known.Stochastic };
        }
        throw new SettingsException($"sampler is '{name}'; expected one of {string.Join(", ", Known.Select(known => known.Name))}.");
    }
}
