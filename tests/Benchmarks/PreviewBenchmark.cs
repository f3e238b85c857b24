using System.Diagnostics;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Benchmarks;

/// <summary>What it costs to look at the pictures of a model folder while they are drawn, in turns with drawing them unseen.</summary>
internal sealed class PreviewBenchmark : Benchmark
{
    private const int Rounds = 3;

    public override string Name => "previews";

    public override string Usage => "MODEL BATCH DTYPE SECONDS [FOLDER]   (SECONDS from one preview of a picture to its next; FOLDER takes the last round's previews)";

    public override void Run(string[] arguments, TextWriter output)
    {
        if (arguments.Length is not (4 or 5)) throw new ArgumentException($"The arguments are '{string.Join(' ', arguments)}'; expected are four or five.");
        var batch = Count("BATCH", arguments[1]);
        if (!double.TryParse(arguments[3], System.Globalization.CultureInfo.InvariantCulture, out var interval) || interval <= 0)
            throw new ArgumentException($"SECONDS is '{arguments[3]}'; expected is a number above 0.");
        using var cascade = Cascade.Load(arguments[0], new CascadeOptions { Dtype = RandomNetwork.Dtype(arguments[2]), MaxBatch = batch });
        RenderRequest[] requests = [.. Enumerable.Range(0, batch).Select(number => new RenderRequest { Prompt = $"a big red star beside {number} small blue circles", Seed = number })];
        cascade.Render(requests);
        var pace = new PreviewPace<int>(TimeSpan.FromSeconds(interval), TimeProvider.System);
        for (var round = 1; round <= Rounds; round++)
        {
            var unseen = Timing.Once(() => cascade.Render(requests));
            var (seen, made) = Seen(cascade, requests, pace, round == Rounds ? arguments.ElementAtOrDefault(4) : null);
            var stages = made.GroupBy(look => look.Stage).Select(stage => FormattableString.Invariant($"{stage.Key} {stage.Count()} of {1000 * stage.Average(look => look.Seconds):0.0} ms"));
            output.WriteLine(FormattableString.Invariant(
                $"unseen {unseen:0.000} s, seen {seen:0.000} s with {made.Count} previews that took {made.Sum(look => look.Seconds):0.000} s, {100 * made.Sum(look => look.Seconds) / seen:0.0} % ({string.Join(", ", stages)})"));
        }
    }

    private static (double Seconds, List<(string Stage, double Seconds)> Made) Seen(Cascade cascade, RenderRequest[] requests, PreviewPace<int> pace, string? folder)
    {
        var made = new List<(string, double)>();
        var start = Stopwatch.GetTimestamp();
        pace.Begin();
        cascade.Render(requests, step =>
        {
            if (step.Preview is not { } preview) return;
            foreach (var picture in pace.Due(step.StageKey, step.Batch, step.PreviewPart))
            {
                var look = preview(step.Batch.ToList().IndexOf(picture));
                pace.Made(step.StageKey, picture, TimeSpan.FromSeconds(look.Seconds), step.PreviewPart);
                made.Add((step.StageKey, look.Seconds));
                if (folder is not null) look.Picture.SavePng(Path.Combine(folder, $"{picture}-{step.StageKey}-{step.Step:000}.png"));
            }
        });
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, made);
    }
}
