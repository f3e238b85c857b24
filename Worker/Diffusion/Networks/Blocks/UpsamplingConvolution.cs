using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>
/// A 3x3 convolution of a map whose height and width were doubled by repeating, computed on the small map. Of the nine places that the kernel
/// covers, those of one small place have the same value, so each of the four positions in a doubled place is a 2x2 convolution with sums of the
/// kernel's weights: 4 products instead of 9.
/// </summary>
internal static class UpsamplingConvolution
{
    private const int Kernel = 3;
    private const int Phases = 4;

    /// <summary>The sums of weights for the four positions: upper left, upper right, lower left, lower right.</summary>
    /// <param name="weight">[out, in, 3, 3]</param>
    /// <returns>[4 out, in, 2, 2], channels last in memory</returns>
    public static Tensor Sums(Tensor weight)
    {
        if (weight.shape[2] != Kernel || weight.shape[3] != Kernel)
            throw new ArgumentException($"weight is [{string.Join(", ", weight.shape)}]; expected [out, in, {Kernel}, {Kernel}].");
        using var scope = NewDisposeScope();
        var exact = weight.to(ScalarType.Float32);
        var phases = from rows in Taps(exact, 2) from kernel in Taps(rows, 3) select kernel;
        return Features.ChannelsLast(cat([.. phases], 0).to(weight.dtype)).MoveToOuterDisposeScope();
    }

    /// <param name="map">[B, in, H, W]</param>
    /// <param name="sums">of <see cref="Sums"/></param>
    /// <param name="bias">[out]</param>
    /// <returns>[B, out, 2H, 2W]</returns>
    public static Tensor Apply(Tensor map, Tensor sums, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var (batch, height, width, output) = (map.shape[0], map.shape[2], map.shape[3], bias.shape[0]);
        using var biases = bias.repeat(Phases);
        var corners = nn.functional.conv2d(map, sums, biases, padding: [1, 1]).permute(0, 2, 3, 1); // [B, H + 1, W + 1, 4 out]
        var doubled = empty([batch, height, 2, width, 2, output], map.dtype, map.device);
        for (var row = 0; row < 2; row++)
        {
            for (var column = 0; column < 2; column++)
            {
                using var phase = NewDisposeScope();
                var source = corners.narrow(1, row, height).narrow(2, column, width).narrow(3, (2 * row + column) * output, output);
                doubled.select(2, row).select(3, column).copy_(source);
            }
        }

        return doubled.view(batch, 2 * height, 2 * width, output).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Along one direction, for the first of two doubled places: the tap before, then the two that fall on itself; for the second: the two, then
    /// the one behind.
    /// </summary>
    private static Tensor[] Taps(Tensor kernel, int dimension)
    {
        Tensor Tap(int index) => kernel.select(dimension, index);
        return [stack([Tap(0), Tap(1).Plus(Tap(2))], dimension), stack([Tap(0).Plus(Tap(1)), Tap(2)], dimension)];
    }
}
