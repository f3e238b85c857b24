using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// The random numbers of one picture: a CPU generator (mt19937) that goes through all stages, drawing what diffusers draws with
/// <c>torch.Generator().manual_seed(seed)</c>. A picture therefore depends neither on its batch nor on the device.
/// </summary>
internal sealed class PictureNoise : IDisposable
{
    private static readonly Lazy<int> _stateLength = new(MeasureState);
    private readonly Generator _generator;

    /// <param name="seed">Not negative.</param>
    public PictureNoise(long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        _generator = new Generator((ulong)seed);
    }

    /// <summary>Length of every generator's state in bytes.</summary>
    public static int StateLength => _stateLength.Value;

    /// <summary>The generator's state as bytes: with a stage's result, all that the rest of the cascade needs.</summary>
    public byte[] State
    {
        get
        {
            using var state = _generator.get_state();
            return state.data<byte>().ToArray();
        }

        set
        {
            using var state = tensor(value, ScalarType.Byte);
            _generator.set_state(state);
        }
    }

    /// <summary>Unit noise for a batch: each picture's from its own generator, in order.</summary>
    /// <param name="pictures">B generators.</param>
    /// <param name="shape">C, H, W.</param>
    /// <param name="device">Where to put it.</param>
    /// <returns>float32 [B, C, H, W]</returns>
    public static Tensor Draw(IReadOnlyList<PictureNoise> pictures, ReadOnlySpan<long> shape, Device device)
    {
        using var scope = NewDisposeScope();
        long[] single = [1, .. shape];
        var rows = new Tensor[pictures.Count];
        for (var row = 0; row < rows.Length; row++) rows[row] = randn(single, ScalarType.Float32, CPU, generator: pictures[row]._generator);
        return cat(rows, 0).to(device).MoveToOuterDisposeScope();
    }

    /// <summary>Numbers spread evenly over [0, 1) for a batch: each picture's from its own generator, in order.</summary>
    /// <param name="pictures">B generators.</param>
    /// <param name="count">How many for each.</param>
    /// <param name="device">Where to put them.</param>
    /// <returns>float32 [B, count]</returns>
    public static Tensor DrawUniform(IReadOnlyList<PictureNoise> pictures, long count, Device device)
    {
        using var scope = NewDisposeScope();
        var rows = new Tensor[pictures.Count];
        for (var row = 0; row < rows.Length; row++) rows[row] = rand([1, count], ScalarType.Float32, CPU, generator: pictures[row]._generator);
        return cat(rows, 0).to(device).MoveToOuterDisposeScope();
    }

    public void Dispose() => _generator.Dispose();

    private static int MeasureState()
    {
        using var noise = new PictureNoise(0);
        return noise.State.Length;
    }
}
