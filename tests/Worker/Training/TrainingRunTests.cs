using RenderFarm.Diffusion.Layers;
using RenderFarm.Training.Optimization;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests;

public sealed class TrainingRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("renderfarm-training").FullName;

    [Fact]
    public void Train_StoppedAndResumed_EndsWhereAnUnbrokenRunEnds()
    {
        var unbroken = Train("unbroken", 40, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        _ = Train("broken", 40, stop.Token, step => { if (step == 17) stop.Cancel(); });
        var resumed = Train("broken", 40, CancellationToken.None);
        Assert.Equal(unbroken, resumed);
    }

    [Fact]
    public void Train_CheckpointOfAnotherRun_IsRefusedByName()
    {
        _ = Train("run", 4, CancellationToken.None, fingerprint: "one");
        var error = Assert.Throws<TrainingException>(() => Train("run", 4, CancellationToken.None, fingerprint: "two"));
        Assert.Contains("belongs to another run (one)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FiftySteps_WritesTheLossCurveAndItsPlot()
    {
        _ = Train("run", 100, CancellationToken.None);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_folder, "run-loss.csv")).Length);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(Path.Combine(_folder, "run-loss.png")).Take(4));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private float[] Train(string name, long steps, CancellationToken stop, Action<long>? at = null, string fingerprint = "test")
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var network = new Linear(6, 4, Placement.Cpu);
        using (no_grad())
        {
            foreach (var parameter in network.parameters()) parameter.copy_(randn(parameter.shape, generator: generator));
        }
        var options = new TrainingRunOptions
        {
            Folder = _folder, Name = name, BatchSize = 3, TotalSteps = steps, LearningRate = new LearningRate(0.01, 5, steps), Fingerprint = fingerprint,
        };
        new TrainingRun(options, network, step =>
        {
            at?.Invoke(step);
            using var noise = new Generator((ulong)step);
            return (network.forward(randn([3, 6], generator: noise)) - 1).square().mean();
        }).Train(null, stop);
        return [.. network.parameters().SelectMany(p => p.data<float>().ToArray())];
    }
}
