using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019, algorithm 2) over the flat buffers of a network, with the gradient clipped to a largest norm first.
/// A handful of long vector operations a step instead of a dozen short ones for each of several hundred parameters.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly AdamWOptions _options;
    private readonly Tensor _denominator;

    public AdamW(FlatParameters parameters, AdamWOptions options)
    {
        (_parameters, _options) = (parameters, options);
        FirstMoment = torch.zeros_like(parameters.Master).DetachFromDisposeScope();
        SecondMoment = torch.zeros_like(parameters.Master).DetachFromDisposeScope();
        _denominator = torch.zeros_like(parameters.Master).DetachFromDisposeScope();
    }

    /// <summary>[Count] float32, m of algorithm 2.</summary>
    public Tensor FirstMoment { get; }

    /// <summary>[Count] float32, v of algorithm 2.</summary>
    public Tensor SecondMoment { get; }

    /// <summary>Steps taken; resuming sets it.</summary>
    public long Steps { get; set; }

    /// <summary>One step with the gathered gradient.</summary>
    /// <returns>The gradient's norm before clipping. Not finite: nothing was changed.</returns>
    public float Step(double learningRate)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var gradient = _parameters.Gradient;
        var norm = gradient.norm().item<float>();
        if (!float.IsFinite(norm)) return norm;
        if (norm > _options.LargestNorm) gradient.mul_(_options.LargestNorm / norm);
        Steps++;
        FirstMoment.mul_(_options.Beta1).add_(gradient, 1 - _options.Beta1);
        SecondMoment.mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);
        var correction1 = 1 - Math.Pow(_options.Beta1, Steps);
        var correction2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps));
        _denominator.copy_(SecondMoment).sqrt_().add_(_options.Epsilon * correction2);
        _parameters.Master.mul_(1 - learningRate * _options.WeightDecay);
        _parameters.Master.addcdiv_(FirstMoment, _denominator, -learningRate * correction2 / correction1);
        _parameters.GiveToNetwork();
        return norm;
    }

    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
        _denominator.Dispose();
    }
}
