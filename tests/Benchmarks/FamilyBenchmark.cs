using System.Diagnostics;
using System.Globalization;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Testing;

namespace RenderFarm.Benchmarks;

/// <summary>
/// Seconds per picture of a family of models, small or of published size, with random weights that diffusers saves: alternately with diffusers, and how far the pictures of both
/// differ. Neither is warm, and only one of them is in memory at a time.
/// </summary>
internal sealed class FamilyBenchmark : Benchmark
{
    public override string Name => "family";

    public override string Usage =>
        "FAMILY SIZE DTYPE PICTURES ROUNDS VOCABULARIES   (FAMILY: if, stable-diffusion, x4 or unclip; SIZE: small or full; VOCABULARIES: a model folder with T5's tokenizer in stage1 and CLIP's in stage3)";

    public override void Run(string[] arguments, TextWriter output)
    {
        if (arguments.Length != 6) throw new ArgumentException($"The arguments are '{string.Join(' ', arguments)}'; expected are 6.");
        var (dtype, pictures, rounds) = (RandomNetwork.Dtype(arguments[2]), Count("PICTURES", arguments[3]), Count("ROUNDS", arguments[4]));
        if (arguments[1] is not ("small" or "full")) throw new ArgumentException($"SIZE is {arguments[1]}; expected is small or full.");
        var peer = Peer.FromEnvironment();
        var model = Directory.CreateTempSubdirectory("renderfarm-family-");
        try
        {
            peer.Run(Peer.Own("families.py"), [arguments[0], arguments[1], model.FullName, arguments[5], Path.Combine(Repository.Root, "tests", "Worker", "Diffusion")]);
            output.WriteLine(File.ReadAllText(Path.Combine(model.FullName, "cascade.json")));
            using var theirs = new PeerPictures(peer, model.FullName, arguments[2]);
            for (var round = 0; round < rounds; round++)
            {
                var requests = PeerPictures.Requests(round, pictures);
                // Theirs first: this process keeps some of the memory that it has once used.
                output.WriteLine($"theirs {theirs.Draw(requests)}");
                var results = Draw(model.FullName, new CascadeOptions { Dtype = dtype, MaxBatch = 1, TextCacheBytes = 0 }, requests, output);
                var differences = results.Select((result, index) => theirs.Difference(index, result.Picture)).ToList();
                output.WriteLine(FormattableString.Invariant($"the pictures differ by at most {differences.Max(one => one.Worst)} grey levels, {differences.Average(one => one.Mean):0.000} in the mean; theirs have {differences.Min(one => one.Values)} values or more"));
            }
        }
        finally
        {
            model.Delete(recursive: true);
        }
    }

    private static List<RenderResult> Draw(string model, CascadeOptions options, RenderRequest[] requests, TextWriter output)
    {
        Cascade? loaded = null;
        var loading = Timing.Once(() => loaded = Cascade.Load(model, options));
        using var cascade = loaded!;
        List<RenderResult> results = [];
        var seconds = Timing.Once(() => results.AddRange(requests.SelectMany(request => cascade.Render([request])))) / requests.Length;
        var stages = Enumerable.Range(0, results[0].Stages.Count).Select(stage => results.Average(result => result.Stages[stage].Seconds).ToString("0.000", CultureInfo.InvariantCulture));
        using var process = Process.GetCurrentProcess();
        output.WriteLine(FormattableString.Invariant($"ours   {seconds:0.000} s a picture ({string.Join(", ", stages)}), peak memory {process.PeakWorkingSet64 >> 20} MiB; loaded in {loading:0.000} s"));
        return results;
    }
}
