using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Benchmarks;

/// <summary>Seconds of one call of a T5 encoder with random weights, alternately with transformers' where that is asked for.</summary>
internal sealed class TextBenchmark : Benchmark
{
    private const int Tokens = 77;
    private const int Rounds = 3;
    private const int RunsPerRound = 3;

    public override string Name => "text";

    public override string Usage => "CONFIG BATCH DTYPE [--peer]   (--peer takes its Python from PEER_PYTHON)";

    public override void Run(string[] arguments, TextWriter output)
    {
        var withPeer = HasPeer(arguments, 3);
        var config = RandomNetwork.TextConfig(arguments[0]);
        var batch = Count("BATCH", arguments[1]);
        var dtype = RandomNetwork.Dtype(arguments[2]);
        var peer = withPeer ? Peer.FromEnvironment() : null;
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var encoder = RandomNetwork.Text(config, new Placement(CPU, dtype));
        var ids = randint(config.VocabSize, [batch, Tokens], ScalarType.Int64);
        var mask = ones([batch, Tokens], ScalarType.Int64);
        for (var round = 0; round < Rounds; round++)
        {
            output.WriteLine($"ours   {Timing.Of(RunsPerRound, () => encoder.forward(ids, mask).Dispose())}, {torch.get_num_threads()} threads");
            if (peer is not null) output.WriteLine($"theirs {peer.Run(Peer.Own("text.py"), [arguments[0], arguments[1], $"{Tokens}", arguments[2]])}");
        }
    }
}
