using RenderFarm.Diffusion.Networks.Blocks;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Networks.Blocks;

public sealed class UpsamplingConvolutionTests
{
    [Theory]
    [InlineData(1, 3, 5, 4, 7)]
    [InlineData(2, 16, 8, 1, 1)]
    public void Apply_RandomKernel_EqualsDoublingThenConvolving(int batch, int input, int output, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var map = Features.ChannelsLast(randn([batch, input, height, width], generator: generator));
        var (weight, bias) = (randn([output, input, 3, 3], generator: generator), randn([output], generator: generator));

        var result = UpsamplingConvolution.Apply(map, UpsamplingConvolution.Sums(weight), bias);

        var expected = nn.functional.conv2d(Features.Resample(map, Resampling.Up).to(ScalarType.Float64), weight.to(ScalarType.Float64), bias.to(ScalarType.Float64), padding: [1, 1]);
        TensorAssert.Close(expected, result, 1e-6);
    }
}
