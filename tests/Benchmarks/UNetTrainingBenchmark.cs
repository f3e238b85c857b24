using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Benchmarks;

/// <summary>Samples per second of forward and backward pass of a base model small enough to be trained on two cores (11 M parameters, 32x32).</summary>
internal sealed class UNetTrainingBenchmark : Benchmark
{
    private const int Size = 32;
    private const int Tokens = 77;

    public override string Name => "unet-train";

    public override string Usage => "[BATCH=16] [DTYPE=bfloat16] [RUNS=5]";

    public static UNetConfig Config { get; } = new()
    {
        InChannels = 3,
        OutChannels = 3,
        BlockOutChannels = [48, 96, 160, 192],
        DownBlockTypes = [DownBlockType.ResnetDownsampleBlock2D, DownBlockType.ResnetDownsampleBlock2D, DownBlockType.SimpleCrossAttnDownBlock2D, DownBlockType.SimpleCrossAttnDownBlock2D],
        UpBlockTypes = [UpBlockType.SimpleCrossAttnUpBlock2D, UpBlockType.SimpleCrossAttnUpBlock2D, UpBlockType.ResnetUpsampleBlock2D, UpBlockType.ResnetUpsampleBlock2D],
        MidBlockType = MidBlockType.UNetMidBlock2DSimpleCrossAttn,
        LayersPerBlock = [1],
        AttentionHeadDim = [32],
        CrossAttentionDim = 192,
        EncoderHidDim = 192,
        ActFn = ActivationFunction.Gelu,
        CrossAttentionNorm = CrossAttentionNorm.GroupNorm,
        AdditionEmbedType = AdditionEmbedType.Text,
        AdditionEmbedTypeNumHeads = 4,
        ResnetTimeScaleShift = TimeScaleShift.ScaleShift,
        NormNumGroups = 16,
        SampleSize = Size,
    };

    public override void Run(string[] arguments, TextWriter output)
    {
        var batch = arguments.Length > 0 ? int.Parse(arguments[0], null) : 16;
        var dtype = RandomNetwork.Dtype(arguments.Length > 1 ? arguments[1] : "bfloat16");
        var runs = arguments.Length > 2 ? int.Parse(arguments[2], null) : 5;
        using var scope = NewDisposeScope();
        using var network = RandomNetwork.UNet(Config, new Placement(CPU, dtype), training: true);
        var sample = randn(batch, Config.InChannels, Size, Size);
        var timesteps = randint(0, 1000, batch);
        var text = randn(batch, Tokens, Config.TextWidth);
        var forward = new List<double>();
        var step = Timing.Of(runs, () =>
        {
            using var inner = NewDisposeScope();
            Tensor? loss = null;
            forward.Add(Timing.Once(() => loss = network.call(sample, timesteps, text, null).to(ScalarType.Float32).square().mean()));
            loss!.backward();
            network.zero_grad();
        });
        var parameters = network.parameters().Sum(p => p.numel());
        output.WriteLine(FormattableString.Invariant($"{parameters / 1e6:0.0} M parameters, batch {batch}, {dtype}: {step}"));
        output.WriteLine(FormattableString.Invariant($"forward alone {forward.Skip(1).Min():0.000} s; {batch / step.Median:0.0} samples/s"));
    }
}
