using RenderFarm.Diffusion.Kernels;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>Group normalisation, scaling and shifting by the time embedding, and the activation, as one step.</summary>
internal static class NormalisedActivation
{
    /// <param name="norm">The normalisation.</param>
    /// <param name="input">[B, C, H, W]</param>
    /// <param name="modulation">[B, 2C]: what to scale by, less 1, and what to add; null for neither.</param>
    /// <param name="function">The activation; null for none.</param>
    /// <returns>[B, C, H, W]</returns>
    public static Tensor Apply(GroupNorm norm, Tensor input, Tensor? modulation, ActivationFunction? function)
    {
        using var scope = NewDisposeScope();
        return (FusedNorm.Supports(input) ? Fused(norm, input, modulation, function) : Plain(norm, input, modulation, function)).MoveToOuterDisposeScope();
    }

    /// <summary>By libtorch's operations, on any device.</summary>
    internal static Tensor Plain(GroupNorm norm, Tensor input, Tensor? modulation, ActivationFunction? function)
    {
        using var scope = NewDisposeScope();
        var result = norm.call(input);
        if (modulation is not null)
        {
            var parts = modulation.unsqueeze(-1).unsqueeze(-1).chunk(2, 1); // 2 x [B, C, 1, 1]
            result = parts[1].PlusProduct(result, parts[0].Plus(1L));
        }

        return (function is { } activation ? Features.Activate(result, activation) : result).MoveToOuterDisposeScope();
    }

    private static Tensor Fused(GroupNorm norm, Tensor input, Tensor? modulation, ActivationFunction? function)
    {
        var tokens = Features.Tokens(input).contiguous();
        return Features.Map(Fused(norm, tokens, modulation, function, is_grad_enabled()), input.shape[2], input.shape[3]);
    }

    private static Tensor Fused(GroupNorm norm, Tensor tokens, Tensor? modulation, ActivationFunction? function, bool differentiable)
    {
        if (differentiable)
            return NormalisedActivationFunction.apply(tokens, norm.Weight, norm.Bias, modulation!, norm.Groups, norm.Epsilon, function!);
        var result = empty_like(tokens);
        FusedNorm.Forward(tokens, norm.Groups, norm.Epsilon, norm.Weight, norm.Bias, modulation, function, result);
        return result;
    }
}
