using System.Runtime.Intrinsics;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>float32 as it is.</summary>
internal readonly unsafe struct Float32Element : IElement
{
    public static int Size => sizeof(float);

    public static Vector512<float> Load(byte* address, long index) => Vector512.Load((float*)address + index);

    public static void Store(Vector512<float> value, byte* address, long index) => value.Store((float*)address + index);
}
