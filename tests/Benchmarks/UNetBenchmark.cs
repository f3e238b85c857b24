using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Benchmarks;

/// <summary>Seconds of one sampling step of a U-Net with random weights, alternately with diffusers' where that is asked for.</summary>
internal sealed class UNetBenchmark : Benchmark
{
    private const int Tokens = 77;
    private const int Rounds = 3;
    private const int RunsPerRound = 3;
    private const long NoiseLevel = 250;
    private const int Steps = 50;

    public override string Name => "unet";

    public override string Usage => "CONFIG BATCH SIZE DTYPE [--peer]   (--peer takes its Python from PEER_PYTHON, and unet.py beside it)";

    public override void Run(string[] arguments, TextWriter output)
    {
        if (arguments.Length is < 4 or > 5) throw new ArgumentException($"{arguments.Length} arguments.");
        var config = RandomNetwork.Config(arguments[0]);
        var (batch, size) = (int.Parse(arguments[1], null), int.Parse(arguments[2], null));
        var dtype = RandomNetwork.Dtype(arguments[3]);
        var peer = arguments.Contains("--peer") ? Peer.FromEnvironment() : null;
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var network = RandomNetwork.UNet(config, new Placement(CPU, dtype));
        var sample = randn(batch, config.InChannels, size, size);
        var text = randn(batch, Tokens, config.TextWidth);
        var noiseLevel = config.TakesNoiseLevel ? full([batch], NoiseLevel, ScalarType.Int64) : null;
        UNetPrompt? prompt = null;
        double[] timesteps = [.. Enumerable.Range(0, Steps).Select(step => 20.0 * step)];
        var preparation = Timing.Once(() => prompt = network.Prepare(text, timesteps, noiseLevel));
        output.WriteLine(FormattableString.Invariant($"prepare, {Steps} steps: {preparation:0.000} s"));
        using (prompt)
        {
            for (var round = 0; round < Rounds; round++)
            {
                output.WriteLine($"ours   {Timing.Of(RunsPerRound, () => network.Denoise(sample, prompt!, Steps / 2).Dispose())}");
                if (peer is not null) output.WriteLine($"theirs {peer.Run("unet.py", [.. arguments[..4], "channels_last"])}");
            }
        }
    }
}
