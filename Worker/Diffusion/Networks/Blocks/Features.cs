using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>
/// What happens to feature maps [B, C, H, W] between the layers with weights. They lie channels last in memory throughout (their shape stays
/// [B, C, H, W]), so that a map seen as tokens [B, HW, C] is no copy.
/// </summary>
internal static class Features
{
    /// <summary>The same map, channels last in memory.</summary>
    /// <returns>[B, C, H, W], a copy unless it lay so already.</returns>
    public static Tensor ChannelsLast(Tensor map)
    {
        using var scope = NewDisposeScope();
        return map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>A map seen as one token per place.</summary>
    /// <returns>[B, HW, C]</returns>
    public static Tensor Tokens(Tensor map)
    {
        using var scope = NewDisposeScope();
        return map.permute(0, 2, 3, 1).flatten(1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Tokens [B, HW, C] seen as a map.</summary>
    /// <returns>[B, C, H, W]</returns>
    public static Tensor Map(Tensor tokens, long height, long width)
    {
        using var scope = NewDisposeScope();
        return tokens.unflatten(1, [height, width]).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>The non-linearity, element by element.</summary>
    public static Tensor Activate(Tensor input, ActivationFunction function) => function switch
    {
        ActivationFunction.Gelu => nn.functional.gelu(input),
        ActivationFunction.Silu => nn.functional.silu(input),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "no such activation function"),
    };

    /// <summary>The map at half or double its size, or a second handle of it.</summary>
    public static Tensor Resample(Tensor map, Resampling resampling) => resampling switch
    {
        Resampling.Down => nn.functional.avg_pool2d(map, 2),
        Resampling.Up => nn.functional.interpolate(map, scale_factor: [2, 2], mode: InterpolationMode.Nearest),
        _ => map.alias(),
    };
}
