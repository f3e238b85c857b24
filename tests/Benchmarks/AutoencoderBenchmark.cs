using System.Diagnostics;
using RenderFarm.Diffusion.Autoencoders;
using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Benchmarks;

/// <summary>Seconds and peak memory of decoding latents to a picture, large ones in tiles, with diffusers' tiled decoding where that is asked for.</summary>
internal sealed class AutoencoderBenchmark : Benchmark
{
    public override string Name => "autoencoder";

    public override string Usage => "CONFIG HEIGHT WIDTH DTYPE [--peer]   (of the latents)";

    public override void Run(string[] arguments, TextWriter output)
    {
        var withPeer = HasPeer(arguments, 4);
        var (height, width) = (Count("HEIGHT", arguments[1]), Count("WIDTH", arguments[2]));
        var peer = withPeer ? Peer.FromEnvironment() : null;
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var network = RandomNetwork.Autoencoder(RandomNetwork.AutoencoderConfig(arguments[0]), new Placement(CPU, RandomNetwork.Dtype(arguments[3])));
        var latents = randn(1, network.Config.LatentChannels, height, width);
        var seconds = Timing.Once(() => network.Decode(latents).Dispose());
        using var process = Process.GetCurrentProcess();
        output.WriteLine(FormattableString.Invariant($"ours   {seconds:0.000} s, peak memory {process.PeakWorkingSet64 >> 20} MiB; {get_num_threads()} threads"));
        if (peer is not null) output.WriteLine($"theirs {string.Join(", ", peer.Run(Peer.Own("peak.py"), [Peer.Own("autoencoder.py"), .. arguments[..4]]).Split('\n'))}");
    }
}
