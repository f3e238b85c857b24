using System.Diagnostics;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Farms;
using RenderFarm.Cli.Output;
using RenderFarm.Cli.Requests;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Safety;
using Spectre.Console;

namespace RenderFarm.Cli.Rendering;

/// <summary>Draws requests group by group and saves each group's pictures as soon as they are done.</summary>
internal sealed class RenderRun(Cascade cascade, PictureFolder folder, Terminal terminal, bool keepStages, bool showPreviews)
{
    private readonly TimeLeft _left = new(TimeProvider.System);
    private readonly PreviewFiles? _previews = showPreviews ? new(folder, terminal, TimeProvider.System) : null;

    /// <param name="requests">Each with a seed.</param>
    /// <param name="cancellationToken">Stops after the current step; pictures already saved stay.</param>
    /// <exception cref="ToolException">Two pictures would have one name; nothing was drawn.</exception>
    public void Draw(IReadOnlyList<PictureRequest> requests, CancellationToken cancellationToken)
    {
        RenderNames.Check(requests, keepStages ? cascade.StageCount : 0, showPreviews);
        var clock = Stopwatch.StartNew();
        if (terminal.IsInteractive)
        {
            terminal.Console.Live(new Text("Loading")).AutoClear(true).Start(context =>
                Draw(requests, line => context.UpdateTarget(new Text(line)), cancellationToken));
        }
        else
        {
            Draw(requests, _ => { }, cancellationToken);
        }
        var each = requests.Count > 1 ? $", {Durations.Text(clock.Elapsed / requests.Count)} each" : "";
        terminal.WriteLine($"{requests.Count} {(requests.Count == 1 ? "picture" : "pictures")} in {folder.Path} ({Durations.Text(clock.Elapsed)}{each})");
    }

    private void Draw(IReadOnlyList<PictureRequest> requests, Action<string> show, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var group in requests.Chunk(cascade.MaxBatch))
        {
            var before = done;
            _previews?.Begin(group);
            try
            {
                var results = cascade.Render([.. group.Select(Request)], Stepped, cancellationToken);
                for (var index = 0; index < group.Length; index++) Save(group[index], results[index]);
            }
            finally
            {
                _previews?.End();
            }
            done += group.Length;

            void Stepped(RenderProgress progress)
            {
                show(Line(progress, before, requests.Count));
                _previews?.Look(progress);
            }
        }
    }

    private static RenderRequest Request(PictureRequest request) =>
        new() { Prompt = request.Prompt, NegativePrompt = request.NegativePrompt ?? "", Seed = request.Seed!.Value, Settings = request.Stages, Start = request.Start?.Read(), Reference = request.Reference?.Read() };

    private string Line(RenderProgress progress, int before, int total)
    {
        var inStage = progress.Step / (double)progress.Steps;
        var fraction = (before + progress.Finished + progress.Batch.Count * (progress.Stage + inStage) / progress.StageCount) / total;
        var left = _left.At(Math.Min(1, fraction)) is { } time ? $"; about {Durations.Text(time)} left" : "";
        return $"{before + progress.Finished} of {total} done; stage {progress.Stage + 1} of {progress.StageCount}, step {progress.Step} of {progress.Steps}{left}";
    }

    private void Save(PictureRequest request, RenderResult result)
    {
        var text = result.Provenance.ToPngText();
        var path = Save(result.Picture, RenderNames.Of(request), text); // first: a disk may fill up
        if (keepStages)
            for (var stage = 0; stage < result.Stages.Count; stage++) Save(result.Stages[stage].Picture, RenderNames.OfStage(request, stage), text);
        terminal.WriteLine($"{path} (seed {request.Seed}{(string.IsNullOrEmpty(result.Provenance.Reading) ? "" : $"; read as: {result.Provenance.Reading}")})");
        if (result.Provenance.Reading is "") terminal.Warn($"{path}: the model found nothing to say of the reference picture, so it was drawn as if there were neither picture nor words.");
        if (result.UnknownWords.Count > 0) terminal.Warn(BatchOutcome.Unknown(request.CustomId, result.UnknownWords));
        if (result.Provenance.Safety is SafetyVerdict.Unsafe or SafetyVerdict.Watermarked) terminal.Warn($"{path} is black: the model's safety checker took what was drawn for {result.Provenance.Safety.ToString()!.ToLowerInvariant()}.");
    }

    private string Save(Picture picture, string name, IReadOnlyList<KeyValuePair<string, string>> text)
    {
        var path = folder.PathOf(name);
        picture.SavePng(path, text);
        return path;
    }
}
