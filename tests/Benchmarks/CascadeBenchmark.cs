using System.Diagnostics;
using System.Globalization;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using TorchSharp;

namespace RenderFarm.Benchmarks;

/// <summary>Seconds per picture and peak memory of a whole model folder with its own settings, alternately with diffusers' where that is asked for.</summary>
internal sealed class CascadeBenchmark : Benchmark
{
    private const int Rounds = 3;

    public override string Name => "cascade";

    public override string Usage => "MODEL BATCH DTYPE [--peer]   (--peer takes its Python from PEER_PYTHON, and render.py beside it)";

    public override void Run(string[] arguments, TextWriter output)
    {
        var withPeer = HasPeer(arguments, 3);
        var batch = Count("BATCH", arguments[1]);
        var peer = withPeer ? Peer.FromEnvironment() : null;
        // Every picture has a prompt of its own, and none is remembered from round to round: encoding is part of the work.
        var options = new CascadeOptions { Dtype = RandomNetwork.Dtype(arguments[2]), MaxBatch = batch, TextCacheBytes = 0 };
        Cascade? loaded = null;
        var loading = Timing.Once(() => loaded = Cascade.Load(arguments[0], options));
        using var cascade = loaded!;
        output.WriteLine(FormattableString.Invariant($"loaded in {loading:0.000} s; {torch.get_num_threads()} threads"));
        cascade.Render(PeerPictures.Requests(0, batch));
        using var theirs = peer is null ? null : new PeerPictures(peer, arguments[0], arguments[2]);
        for (var round = 1; round <= Rounds; round++)
        {
            output.WriteLine($"ours   {Ours(cascade, PeerPictures.Requests(round, batch))}");
            if (theirs is not null) output.WriteLine($"theirs {theirs.Draw(PeerPictures.Requests(round, batch))}");
        }
    }

    private static string Ours(Cascade cascade, RenderRequest[] requests)
    {
        IReadOnlyList<RenderResult> results = [];
        var seconds = Timing.Once(() => results = cascade.Render(requests)) / requests.Length;
        var stages = string.Join(", ", results[0].Stages.Select(stage => stage.Seconds.ToString("0.000", CultureInfo.InvariantCulture)));
        using var process = Process.GetCurrentProcess();
        return FormattableString.Invariant($"{seconds:0.000} s a picture ({stages}), peak memory {process.PeakWorkingSet64 >> 20} MiB");
    }
}
