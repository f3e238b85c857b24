using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>A stage's settings with nothing left open and all of it checked.</summary>
internal abstract record StagePlan
{
    /// <summary>Far beyond what any model was drawn with; without a limit the numbers overflow and the picture is undefined.</summary>
    private const double MostGuidance = 1000;

    /// <summary>What progress is counted in: sampling steps, or tokens.</summary>
    public required int Steps { get; init; }

    /// <summary>How many of them are taken: all but those that a start picture saves.</summary>
    public virtual int Taken => Steps;

    /// <summary>Whether the stage starts from the request's picture.</summary>
    public virtual bool UsesStart => false;

    /// <summary>Of the picture, where a start picture gives it its shape; null for the square that the stage draws of itself.</summary>
    public PictureSize? Size { get; protected init; }

    /// <summary>At most 1 means none.</summary>
    public required double Guidance { get; init; }

    /// <summary>Whether there is guidance, and so the negative prompt is encoded.</summary>
    public virtual bool IsGuided => Sampling.Guidance.IsGuided(Guidance);

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

    /// <summary>The plan for a request that starts from a picture, or from none.</summary>
    /// <param name="start">May be null.</param>
    /// <param name="before">Size of what the stage before draws; null for the cascade's first stage. A later one may leave the start picture to those before.</param>
    /// <exception cref="SettingsException">The stage cannot begin with a picture, or not with one of this shape.</exception>
    public virtual StagePlan From(StartPicture? start, PictureSize? before) => start is null || before is not null
        ? this
        : throw new SettingsException("A start picture is given, but the model's first stage begins with nothing; leave the picture out, or use a model of Imagen's kind.");

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
