using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Cli.Requests;

/// <summary>One line of a request file.</summary>
/// <param name="CustomId">Names the picture's file.</param>
/// <param name="Prompt">1 to 2,000 characters; with a reference also none.</param>
/// <param name="NegativePrompt">At most 2,000 characters, or null.</param>
/// <param name="Seed">0 or more, or null for one that the command chooses.</param>
/// <param name="Stages">Departures from the model's settings, by stage: stage1, stage2 …</param>
internal sealed record PictureRequest(
    string CustomId, string Prompt, string? NegativePrompt, long? Seed, IReadOnlyDictionary<string, StageSettings> Stages)
{
    /// <summary>What to look at and draw again as the prompt says, which may be empty then; null for the prompt alone.</summary>
    public ReferenceFile? Reference { get; init; }

    /// <summary>What to start from instead of noise alone; null for noise.</summary>
    public StartFiles? Start { get; init; }
}
