using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>
/// <see cref="FusedNorm"/> as an operation that gradients pass through. Arguments: map [B, HW, C], weight, bias, modulation or null, groups (long),
/// epsilon (double), activation or null.
/// </summary>
internal sealed class NormalisedActivationFunction : autograd.SingleTensorFunction<NormalisedActivationFunction>
{
    private const string Coefficients = "coefficients";
    private const string Groups = "groups";
    private const string Activation = "activation";

    public override string Name => nameof(NormalisedActivationFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var map = (Tensor)vars[0];
        var result = empty_like(map);
        var function = (ActivationFunction?)vars[6];
        var coefficients = FusedNorm.Forward(map, (long)vars[4], (double)vars[5], (Tensor)vars[1], (Tensor)vars[2], (Tensor?)vars[3], function, result);
        ctx.save_for_backward([map]);
        ctx.save_data(Coefficients, coefficients);
        ctx.save_data(Groups, vars[4]);
        ctx.save_data(Activation, vars[6]);
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var map = ctx.get_saved_variables()[0];
        var result = empty_like(map);
        var coefficients = (NormCoefficients)ctx.get_data(Coefficients);
        var function = (ActivationFunction?)ctx.get_data(Activation);
        var gradients = FusedNorm.Backward(map, (long)ctx.get_data(Groups), coefficients, function, grad_output.contiguous(), result);
        Tensor Gradient(float[] values, params long[] sizes) => tensor(values, sizes).to(map.dtype).MoveToOuterDisposeScope();
        return
        [
            result.MoveToOuterDisposeScope(),
            Gradient(gradients.Weight, map.shape[2]),
            Gradient(gradients.Bias, map.shape[2]),
            gradients.Modulation is null ? null! : Gradient(gradients.Modulation, map.shape[0], 2 * map.shape[2]),
            null!, null!, null!,
        ];
    }
}
