using System.Runtime.Intrinsics;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>A number format in memory, read and written as sixteen float32 at a time.</summary>
internal unsafe interface IElement
{
    /// <summary>Bytes per number.</summary>
    static abstract int Size { get; }

    /// <param name="address">of the array</param>
    /// <param name="index">of the first of sixteen numbers</param>
    static abstract Vector512<float> Load(byte* address, long index);

    /// <inheritdoc cref="Load"/>
    static abstract void Store(Vector512<float> value, byte* address, long index);
}
