using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>A stage's settings with nothing left open and all of it checked.</summary>
internal abstract record StagePlan
{
    /// <summary>Far beyond what any model was drawn with; without a limit the numbers overflow and the picture is undefined.</summary>
    private const double MostGuidance = 1000;

    /// <summary>What progress is counted in: sampling steps, or tokens.</summary>
    public required int Steps { get; init; }

    /// <summary>At most 1 means none.</summary>
    public required double Guidance { get; init; }

    /// <summary>Pictures can be drawn in one batch if this is equal: they take the same steps. What may differ within a batch is no part of it.</summary>
    public abstract string BatchKey { get; }

    /// <summary>The stage as a loaded cascade describes it; this plan is that of its defaults.</summary>
    /// <param name="key">stage1, stage2 …</param>
    /// <param name="size">Height and width of its pictures.</param>
    /// <param name="defaults">The model's own.</param>
    public abstract CascadeStage Describe(string key, int size, StageSettings defaults);

    /// <summary>What is told about a picture that was drawn so.</summary>
    /// <param name="key">stage1, stage2 …</param>
    /// <param name="dtype">The network's number format.</param>
    public abstract StageProvenance ToProvenance(string key, string dtype);

    /// <exception cref="SettingsException">No model accepts such guidance.</exception>
    protected static double CheckedGuidance(double guidance) => guidance is >= 0 and <= MostGuidance
        ? guidance
        : throw new SettingsException($"guidance is {guidance}; expected 0 to {MostGuidance} (at most 1 means none).");

    /// <exception cref="SettingsException">A setting is given that stages of this kind do not know.</exception>
    protected static void Refuse(string kind, params ReadOnlySpan<(string Key, object? Value)> settings)
    {
        foreach (var (key, value) in settings)
        {
            if (value is not null) throw new SettingsException(FormattableString.Invariant($"{key} is {value}, but {kind} has no such setting; leave it out."));
        }
    }
}
