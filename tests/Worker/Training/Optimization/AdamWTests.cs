using RenderFarm.Diffusion.Layers;
using RenderFarm.Training.Optimization;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.Optimization;

public sealed class AdamWTests
{
    private const double Rate = 0.01;

    [Fact]
    public void Step_TwentySteps_EqualsTorchsAdamW()
    {
        using var scope = NewDisposeScope();
        var options = new AdamWOptions(WeightDecay: 0.1, LargestNorm: 1e9);
        using var ours = Network(ScalarType.Float32);
        using var theirs = Network(ScalarType.Float32);
        using var flat = new FlatParameters(ours);
        flat.TakeFromNetwork();
        using var optimizer = new AdamW(flat, options);
        foreach (var parameter in theirs.parameters()) parameter.requires_grad_(true);
        var reference = optim.AdamW(theirs.parameters(), Rate, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay);
        for (var step = 0; step < 20; step++)
        {
            Loss(ours).backward();
            flat.GatherGradients();
            optimizer.Step(Rate);
            reference.zero_grad();
            Loss(theirs).backward();
            reference.step();
        }
        foreach (var (mine, its) in ours.parameters().Zip(theirs.parameters())) Assert.True(mine.allclose(its, 1e-5, 1e-6), $"{mine} is not {its}");
    }

    [Fact]
    public void Step_GradientAboveLargestNorm_IsScaledDownToIt()
    {
        using var scope = NewDisposeScope();
        using var network = Network(ScalarType.Float32);
        using var flat = new FlatParameters(network);
        flat.TakeFromNetwork();
        using var optimizer = new AdamW(flat, new AdamWOptions(LargestNorm: 0.5));
        (Loss(network) * 1000).backward();
        flat.GatherGradients();
        var norm = optimizer.Step(Rate);
        Assert.True(norm > 100);
        Assert.Equal(0.5f, flat.Gradient.norm().item<float>(), 1e-4f);
    }

    [Fact]
    public void Step_GradientNotFinite_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var network = Network(ScalarType.Float32);
        using var flat = new FlatParameters(network);
        flat.TakeFromNetwork();
        using var optimizer = new AdamW(flat, new AdamWOptions());
        var before = flat.Master.clone();
        flat.Gradient.fill_(float.NaN);
        Assert.False(float.IsFinite(optimizer.Step(Rate)));
        Assert.True(flat.Master.equal(before).all().item<bool>());
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void Step_BFloat16Weights_KeepsUpdatesBelowTheirPrecision()
    {
        using var scope = NewDisposeScope();
        using var network = Network(ScalarType.BFloat16);
        using var flat = new FlatParameters(network);
        flat.TakeFromNetwork();
        using var optimizer = new AdamW(flat, new AdamWOptions(WeightDecay: 0));
        var before = flat.Master.clone();
        for (var step = 0; step < 10; step++)
        {
            flat.Gradient.fill_(1);
            optimizer.Step(1e-5);
        }
        Assert.Equal(-1e-4, (flat.Master - before).mean().item<float>(), 2e-5);
    }

    private static Linear Network(ScalarType dtype)
    {
        using var generator = new Generator(3);
        using var guard = no_grad();
        var network = new Linear(6, 4, new Placement(CPU, dtype));
        foreach (var parameter in network.parameters()) parameter.copy_(randn(parameter.shape, generator: generator));
        return network;
    }

    private static Tensor Loss(Linear network)
    {
        var input = arange(18, ScalarType.Float32).view(3, 6) / 9 - 1;
        return (network.forward(input) - 1).square().sum();
    }
}
