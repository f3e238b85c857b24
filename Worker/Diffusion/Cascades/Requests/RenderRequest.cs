using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.References;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;

namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>One picture to draw.</summary>
public sealed record RenderRequest
{
    /// <summary>Longest prompt and negative prompt, in characters as <see cref="LengthOf"/> counts them.</summary>
    public const int LongestPrompt = 2000;

    /// <summary>What to draw, 1 to <see cref="LongestPrompt"/> characters. With a <see cref="Reference"/>: what is to be different; it may be empty then.</summary>
    public required string Prompt { get; init; }

    /// <summary>What guidance leads away from; empty by default.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Not negative. Model, prompts, settings and seed determine the picture, whatever else is drawn with it.</summary>
    public required long Seed { get; init; }

    /// <summary>Departures from the model's settings, by the stage's key: stage1, stage2 …</summary>
    public IReadOnlyDictionary<string, StageSettings> Settings { get; init; } = new Dictionary<string, StageSettings>();

    /// <summary>What to start from instead of noise alone; null for noise. Stages of Imagen's kind do, each with its size of it, and what they draw has its shape; see <see cref="StageSettings.Strength"/>.</summary>
    public StartPicture? Start { get; init; }

    /// <summary>A picture to look at and draw again as the prompt says; null for the prompt alone. For models that see: <see cref="Cascade.Sees"/>.</summary>
    public ReferencePicture? Reference { get; init; }

    /// <summary>Where to go on instead of beginning with noise: what an earlier rendering of this request left behind.</summary>
    public StageCheckpoint? ResumeFrom { get; init; }

    /// <summary>True to have each stage's <see cref="StageResult.Checkpoint"/> in the result.</summary>
    public bool KeepCheckpoints { get; init; }

    /// <summary>Called on the rendering thread after each stage but the last; null for nobody. What it throws ends the call.</summary>
    public Action<StageRest>? AfterStage { get; init; }

    /// <summary>Cancels this picture alone; the others drawn with it are not affected.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Length of a prompt in characters: Unicode scalar values, so that a sign outside the basic plane counts once.</summary>
    public static int LengthOf(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return prompt.EnumerateRunes().Count();
    }

    /// <exception cref="SettingsException">Something about the request that no model accepts.</exception>
    internal void Check(int stages)
    {
        if (string.IsNullOrWhiteSpace(Prompt) && Reference is null) throw new SettingsException("The prompt is empty; say what to draw.");
        CheckLength("prompt", Prompt);
        CheckLength("negative prompt", NegativePrompt);
        if (Seed < 0) throw new SettingsException($"The seed is {Seed}; expected 0 or more.");
        foreach (var key in Settings.Keys)
        {
            if (Enumerable.Range(0, stages).All(stage => key != Cascade.KeyOf(stage)))
            {
                throw new SettingsException(
                    $"There are settings for '{key}'; this model has {string.Join(", ", Enumerable.Range(0, stages).Select(Cascade.KeyOf))}.");
            }
        }
    }

    private static void CheckLength(string name, string text)
    {
        if (LengthOf(text) is > LongestPrompt and var length)
            throw new SettingsException($"The {name} has {length} characters; expected are at most {LongestPrompt}. Shorten it.");
    }
}
