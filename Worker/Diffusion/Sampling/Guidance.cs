using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Classifier-free guidance (Ho and Salimans 2022): ε = ε_u + g·(ε_c − ε_u), one g per picture. A picture with g at most 1 is not guided
/// and has no unconditional row. The network's batch is the guided pictures' unconditional rows, then every picture's conditional row.
/// Variance channels are the conditional row's, unguided.
/// </summary>
internal sealed class Guidance : IDisposable
{
    private readonly Tensor? _scale;
    private readonly Tensor? _rows;
    private readonly int _guided;

    /// <param name="scales">g of each picture.</param>
    /// <param name="device">Where the network's output lies.</param>
    public Guidance(IReadOnlyList<double> scales, Device device)
    {
        Rows = [.. Enumerable.Range(0, scales.Count).Where(row => IsGuided(scales[row]))];
        _guided = Rows.Count;
        if (_guided == 0) return;
        _scale = tensor(Rows.Select(row => (float)scales[row]).ToArray(), device: device).view(-1, 1, 1, 1).DetachFromDisposeScope();
        if (_guided == scales.Count) return;
        _rows = tensor(Rows.Select(row => (long)row).ToArray(), device: device).DetachFromDisposeScope();
    }

    /// <summary>Indices of the pictures that have an unconditional row, ascending.</summary>
    public IReadOnlyList<int> Rows { get; }

    /// <summary>Whether a guidance scale calls for an unconditional row.</summary>
    public static bool IsGuided(double scale) => scale > 1;

    /// <summary>The network's batch from one tensor row per picture.</summary>
    /// <param name="perPicture">[B, …]</param>
    /// <returns>[guided + B, …], in the caller's dispose scope.</returns>
    public Tensor Expand(Tensor perPicture)
    {
        if (_guided == 0) return perPicture.alias();
        using var unconditional = _rows is null ? perPicture.alias() : perPicture.index_select(0, _rows);
        return cat([unconditional, perPicture], 0);
    }

    /// <summary>The guided prediction.</summary>
    /// <param name="output">The network's, float32 [guided + B, C', H, W].</param>
    /// <param name="channels">C, how many of the channels are guided.</param>
    /// <returns>Prediction [B, C, H, W] and the remaining channels [B, C' − C, H, W] or null, in the caller's dispose scope.</returns>
    public (Tensor Prediction, Tensor? Variance) Combine(Tensor output, long channels)
    {
        using var scope = NewDisposeScope();
        var pictures = output.shape[0] - _guided;
        var conditional = output.narrow(0, _guided, pictures);
        var variance = output.shape[1] > channels ? conditional.narrow(1, channels, output.shape[1] - channels).MoveToOuterDisposeScope() : null;
        conditional = conditional.narrow(1, 0, channels);
        if (_scale is null) return (conditional.MoveToOuterDisposeScope(), variance);
        var unconditional = output.narrow(0, 0, _guided).narrow(1, 0, channels);
        if (_rows is null) return (unconditional.lerp(conditional, _scale).MoveToOuterDisposeScope(), variance);
        var guided = unconditional.lerp(conditional.index_select(0, _rows), _scale);
        return (conditional.index_copy(0, _rows, guided).MoveToOuterDisposeScope(), variance);
    }

    public void Dispose()
    {
        _scale?.Dispose();
        _rows?.Dispose();
    }
}
