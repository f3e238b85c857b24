using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.Optimization;

/// <summary>
/// A network's parameters beside one flat float32 buffer of their values (the master copy), of their gradients and of their exponential
/// moving average. The network itself may work in bfloat16: an optimiser's step is then taken on the master copy and rounded back, because
/// bfloat16's 8 bits would swallow updates smaller than 1/256 of a weight (Micikevicius et al. 2018, section 3.1).
/// </summary>
internal sealed class FlatParameters : IDisposable
{
    private readonly List<Slice> _slices = [];

    public FlatParameters(nn.Module network)
    {
        var parameters = network.parameters().ToList();
        Count = parameters.Sum(p => p.numel());
        var device = parameters[0].device;
        Master = torch.zeros(Count, ScalarType.Float32, device).DetachFromDisposeScope();
        Gradient = torch.zeros(Count, ScalarType.Float32, device).DetachFromDisposeScope();
        Average = torch.zeros(Count, ScalarType.Float32, device).DetachFromDisposeScope();
        var offset = 0L;
        foreach (var parameter in parameters)
        {
            parameter.requires_grad_(true);
            _slices.Add(new Slice(parameter, View(Master, offset, parameter), View(Gradient, offset, parameter), View(Average, offset, parameter)));
            offset += parameter.numel();
        }
    }

    /// <summary>Number of scalars.</summary>
    public long Count { get; }

    /// <summary>[Count] float32: the values themselves.</summary>
    public Tensor Master { get; }

    /// <summary>[Count] float32: the gradient that <see cref="GatherGradients"/> collected last.</summary>
    public Tensor Gradient { get; }

    /// <summary>[Count] float32: exponential moving average of <see cref="Master"/>.</summary>
    public Tensor Average { get; }

    /// <summary>Takes the network's present values into master copy and average: at the start of a run.</summary>
    public void TakeFromNetwork()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        foreach (var slice in _slices)
        {
            slice.Master.copy_(slice.Parameter);
            slice.Average.copy_(slice.Parameter);
        }
    }

    /// <summary>Rounds the master copy (or the average) into the network.</summary>
    public void GiveToNetwork(bool average = false)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        foreach (var slice in _slices)
        {
            slice.Parameter.copy_(average ? slice.Average : slice.Master);
        }
    }

    /// <summary>Moves the parameters' gradients into the flat buffer and clears them. A parameter that took no part counts as zero.</summary>
    public void GatherGradients()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        foreach (var slice in _slices)
        {
            using var gradient = slice.Parameter.grad;
            if (gradient is null) slice.Gradient.zero_();
            else slice.Gradient.copy_(gradient);
            slice.Parameter.grad = null;
        }
    }

    /// <summary>Average = decay · Average + (1 − decay) · Master.</summary>
    public void UpdateAverage(double decay)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var weight = torch.tensor((float)(1 - decay), device: Average.device);
        Average.lerp_(Master, weight);
    }

    public void Dispose()
    {
        foreach (var slice in _slices) slice.Dispose();
        Master.Dispose();
        Gradient.Dispose();
        Average.Dispose();
    }

    // The view has the parameter's own strides, so that copies between the two run straight through memory.
    private static Tensor View(Tensor flat, long offset, Parameter parameter)
    {
        using var slice = flat.narrow(0, offset, parameter.numel());
        using var guard = no_grad();
        return slice.as_strided(parameter.shape, parameter.stride(), offset).DetachFromDisposeScope();
    }

    private sealed record Slice(Parameter Parameter, Tensor Master, Tensor Gradient, Tensor Average) : IDisposable
    {
        public void Dispose()
        {
            Master.Dispose();
            Gradient.Dispose();
            Average.Dispose();
        }
    }
}
