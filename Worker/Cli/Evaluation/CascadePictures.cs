using System.Diagnostics;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.References;
using RenderFarm.Training.Evaluation;
using RenderFarm.Training.Evaluation.Judging;

namespace RenderFarm.Cli.Evaluation;

/// <summary>Draws an evaluation's prompts with a cascade.</summary>
internal sealed class CascadePictures(Cascade cascade, IReadOnlyDictionary<string, StageSettings> settings, CancellationToken cancellationToken)
{
    private readonly Stopwatch _drawing = new();

    /// <summary>How long drawing took so far.</summary>
    public TimeSpan Drawing => _drawing.Elapsed;

    public IReadOnlyList<RgbPicture> Render(IReadOnlyList<EvaluationPrompt> prompts)
    {
        var requests = prompts.Select(prompt => new RenderRequest { Prompt = prompt.Prompt, Seed = prompt.Seed, Settings = settings, Reference = ReferenceOf(prompt) }).ToList();
        _drawing.Start();
        var results = cascade.Render(requests, null, cancellationToken);
        _drawing.Stop();
        return [.. results.Select(result => new RgbPicture(result.Picture.Width, result.Picture.Rgb.ToArray()))];
    }

    private static ReferencePicture? ReferenceOf(EvaluationPrompt prompt)
    {
        if (prompt.Reference is not { } reference) return null;
        using var file = new MemoryStream();
        new Picture(reference.Side, reference.Side, reference.Pixels).WritePng(file);
        return ReferencePicture.Read(file.ToArray());
    }
}
