using RenderFarm.Diffusion.Cascades;
using RenderFarm.Training.Evaluation;

namespace RenderFarm.Cli.Evaluation;

/// <summary>Draws an evaluation's prompts with a cascade.</summary>
internal sealed class CascadePictures(Cascade cascade, IReadOnlyDictionary<string, StageSettings> settings, CancellationToken cancellationToken)
{
    public IReadOnlyList<RgbPicture> Render(IReadOnlyList<EvaluationPrompt> prompts)
    {
        var requests = prompts.Select(prompt => new RenderRequest { Prompt = prompt.Prompt, Seed = prompt.Seed, Settings = settings }).ToList();
        return [.. cascade.Render(requests, null, cancellationToken).Select(result => new RgbPicture(result.Picture.Width, result.Picture.Rgb.ToArray()))];
    }
}
