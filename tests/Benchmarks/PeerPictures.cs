using System.Globalization;
using System.Text.Json;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Benchmarks;

/// <summary>Has diffusers draw from a model folder, one picture after another, each time in a process of its own.</summary>
internal sealed class PeerPictures(Peer peer, string model, string dtype) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("renderfarm-benchmark-");

    /// <summary>Prompts and seeds of a round's pictures; no two rounds have the same.</summary>
    public static RenderRequest[] Requests(int round, int count) =>
        [.. Enumerable.Range(round * count, count).Select(number => new RenderRequest { Prompt = $"a big red star beside {number} small blue circles", Seed = number })];

    /// <returns>Seconds per picture, those of each stage, and peak memory.</returns>
    public string Draw(IReadOnlyList<RenderRequest> requests)
    {
        var file = Path.Combine(_folder.FullName, "requests.jsonl");
        File.WriteAllLines(file, requests.Select((request, index) => JsonSerializer.Serialize(new { custom_id = $"{index}", prompt = request.Prompt, seed = request.Seed })));
        var printed = peer.Run(Peer.Own("peak.py"), [Script(), "--model", model, "--requests", file, "--out", _folder.FullName, "--dtype", dtype, "--time"]).Split('\n');
        using var times = JsonDocument.Parse(printed[^2]);
        double[] stages = [.. times.RootElement.GetProperty("seconds_per_picture").EnumerateArray().Select(stage => stage.GetDouble())];
        return FormattableString.Invariant($"{stages.Sum():0.000} s a picture ({string.Join(", ", stages.Select(stage => stage.ToString("0.000", CultureInfo.InvariantCulture)))}), {printed[^1]}");
    }

    /// <summary>Grey levels between a picture and the one last drawn for the request of that index: of the worst value, and in the mean; and how many values theirs has: one of few agrees with much.</summary>
    public (int Worst, double Mean, int Values) Difference(int index, Picture picture)
    {
        var stage = CascadeFile.Load(model).Stages.Count;
        using var file = File.OpenRead(Path.Combine(_folder.FullName, $"{index}-stage{stage}.png"));
        var theirs = Picture.ReadPng(file).Rgb.ToArray();
        int[] differences = [.. picture.Rgb.ToArray().Zip(theirs, (one, other) => Math.Abs(one - other))];
        return (differences.Max(), differences.Average(), theirs.Distinct().Count());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>render.py knows no unCLIP.</summary>
    private string Script() =>
        File.ReadAllText(Path.Combine(model, CascadeFile.Load(model).Stages[0], "model_index.json")).Contains("\"UnCLIPPipeline\"", StringComparison.Ordinal) ? Peer.Own("unclip.py") : peer.PathOf("render.py");
}
