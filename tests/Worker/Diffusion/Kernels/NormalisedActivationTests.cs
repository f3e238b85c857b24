using RenderFarm.Diffusion.Kernels;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Kernels;

/// <summary>The fused kernels against libtorch's own operations in float64.</summary>
public sealed class NormalisedActivationTests
{
    private const double Epsilon = 1e-5;

    public static TheoryData<ActivationFunction?, bool, int, int> Cases()
    {
        var cases = new TheoryData<ActivationFunction?, bool, int, int>();
        foreach (ActivationFunction? function in new ActivationFunction?[] { null, ActivationFunction.Gelu, ActivationFunction.Silu })
        {
            cases.Add(function, true, 2, 48);
            cases.Add(function, false, 3, 64);
            cases.Add(function, true, 1, 16);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_Float32_EqualsFloat64Operations(ActivationFunction? function, bool modulated, int batch, int channels)
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(channels, ScalarType.Float32);
        var (input, modulation) = Inputs(batch, channels, modulated, ScalarType.Float32);

        using (no_grad())
        {
            NetworkClose(Reference(norm, input, modulation, function), NormalisedActivation.Apply(norm, input, modulation, function), 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_BFloat16_RoundsOnlyTheResult(ActivationFunction? function, bool modulated, int batch, int channels)
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(channels, ScalarType.BFloat16);
        var (input, modulation) = Inputs(batch, channels, modulated, ScalarType.BFloat16);

        using (no_grad())
        {
            var exact = Reference(norm, input, modulation, function).to(ScalarType.BFloat16);
            NetworkClose(exact, NormalisedActivation.Apply(norm, input, modulation, function), 1e-3); // a few roundings fall to the other side
        }
    }

    /// <summary>Zeros lie in one page of memory until they are written, and the result takes their place: the test needs 2 GiB.</summary>
    [Fact]
    public void Forward_MapOfMoreThanTwoGibibytes_ReachesItsLastNumber()
    {
        const int channels = 16;
        const long places = (2L << 30) / (channels * sizeof(float)) + 1;
        Assert.SkipUnless(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 6L << 30, "The machine has less than 6 GiB of memory.");
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var map = zeros([1, places, channels]);
        var last = map.narrow(1, places - 1, 1);
        last.fill_(1);

        FusedNorm.Forward(map, channels, Epsilon, ones(channels), zeros(channels), null, null, map);

        // One place of 1 among zeros: mean 1/n, variance (1 - 1/n)/n.
        var mean = 1.0 / places;
        var expected = (1 - mean) / Math.Sqrt(mean * (1 - mean) + Epsilon);
        Assert.All(last.data<float>(), value => Assert.Equal(expected, value, 0.01));
        Assert.Equal(-mean / Math.Sqrt(mean * (1 - mean) + Epsilon), map[0, 0, 0].item<float>(), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_Float32_EqualsFloat64Operations(ActivationFunction? function, bool modulated, int batch, int channels)
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(channels, ScalarType.Float32);
        var (input, modulation) = Inputs(batch, channels, modulated, ScalarType.Float32);
        Tensor[] variables = modulation is null ? [input, norm.Weight, norm.Bias] : [input, norm.Weight, norm.Bias, modulation];
        foreach (var variable in variables) variable.requires_grad = true;
        var seed = randn_like(input);

        var expected = autograd.grad([Reference(norm, input, modulation, function)], variables, [seed.to(ScalarType.Float64)]);
        var actual = autograd.grad([NormalisedActivation.Apply(norm, input, modulation, function)], variables, [seed]);

        for (var i = 0; i < variables.Length; i++) NetworkClose(expected[i], actual[i], 1e-5);
    }

    [Fact]
    public void Apply_MeanFarFromZero_KeepsPrecision()
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(32, ScalarType.Float32);
        var input = Inputs(2, 32, false, ScalarType.Float32).Input + 1000;

        using (no_grad())
        {
            NetworkClose(Reference(norm, input, null, ActivationFunction.Gelu), NormalisedActivation.Apply(norm, input, null, ActivationFunction.Gelu), 1e-4);
        }
    }

    [Fact]
    public void Apply_NotANumber_StaysOne()
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(16, ScalarType.BFloat16);
        var (input, _) = Inputs(1, 16, false, ScalarType.BFloat16);
        input[0, 3, 1, 1] = float.NaN;

        using (no_grad())
        {
            Assert.True(NormalisedActivation.Apply(norm, input, null, ActivationFunction.Gelu)[0, 3, 0, 0].isnan().item<bool>());
        }
    }

    [Theory]
    [InlineData(ActivationFunction.Gelu)]
    [InlineData(ActivationFunction.Silu)]
    public void Apply_WholeRange_FollowsTheActivation(ActivationFunction function)
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(16, ScalarType.Float32);
        var scale = ones(1, 16) * 30;
        var (input, _) = Inputs(1, 16, false, ScalarType.Float32);
        var modulation = cat([scale, zeros(1, 16)], 1);

        using (no_grad())
        {
            var expected = Reference(norm, input, modulation, function);
            var actual = NormalisedActivation.Apply(norm, input, modulation, function);
            var unit = Math.ScaleB(expected.abs().max().item<double>(), -24); // float32's rounding of the largest value; a few of them add up
            Assert.InRange((expected - actual.to(ScalarType.Float64)).abs().max().item<double>(), 0, 4 * unit);
        }
    }

    [Fact]
    public void Apply_AndBackward_LeaveNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        using var norm = Norm(48, ScalarType.BFloat16);
        var (input, modulation) = Inputs(2, 48, true, ScalarType.BFloat16);
        input.requires_grad = true;
        void Step()
        {
            using var inner = NewDisposeScope();
            NormalisedActivation.Apply(norm, input, modulation, ActivationFunction.Gelu).sum().backward();
            input.grad!.zero_();
        }

        Step();
        Assert.Equal(0, Leaks.Of(Step));
    }

    private static GroupNorm Norm(int channels, ScalarType dtype)
    {
        var norm = new GroupNorm(8, channels, Epsilon, new Placement(CPU, dtype));
        using var generator = new Generator(7);
        using var random = randn([2, channels], generator: generator);
        using var guard = no_grad();
        norm.Weight.copy_(random[0] + 1);
        norm.Bias.copy_(random[1]);
        return norm;
    }

    private static (Tensor Input, Tensor? Modulation) Inputs(int batch, int channels, bool modulated, ScalarType dtype)
    {
        using var generator = new Generator(11);
        var input = Features.ChannelsLast(randn([batch, channels, 6, 5], generator: generator) * 2 + 0.5).to(dtype);
        return (input, modulated ? (randn([batch, 2 * channels], generator: generator) * 0.5).to(dtype) : null);
    }

    private static Tensor Reference(GroupNorm norm, Tensor input, Tensor? modulation, ActivationFunction? function)
    {
        var result = nn.functional.group_norm(input.to(ScalarType.Float64), norm.Groups, norm.Weight.to(ScalarType.Float64), norm.Bias.to(ScalarType.Float64), norm.Epsilon);
        if (modulation is not null)
        {
            var parts = modulation.to(ScalarType.Float64).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
            result = result * (parts[0] + 1) + parts[1];
        }

        return function is { } activation ? Features.Activate(result, activation) : result;
    }

    private static void NetworkClose(Tensor expected, Tensor actual, double tolerance) => TensorAssert.Close(expected, actual, tolerance);
}
