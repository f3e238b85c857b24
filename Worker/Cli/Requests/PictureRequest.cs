namespace RenderFarm.Cli.Requests;

/// <summary>One line of a request file.</summary>
/// <param name="CustomId">Names the picture's file.</param>
/// <param name="Prompt">1 to 2,000 characters.</param>
/// <param name="NegativePrompt">At most 2,000 characters, or null.</param>
/// <param name="Seed">0 or more, or null for one that the command chooses.</param>
/// <param name="Stages">Settings by stage: stage1, stage2 … or the name of the stage's folder.</param>
internal sealed record PictureRequest(
    string CustomId, string Prompt, string? NegativePrompt, long? Seed, IReadOnlyDictionary<string, StageOverrides> Stages);
