using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>bfloat16, the upper half of a float32, rounded to the nearest and on a tie to the even one.</summary>
internal readonly unsafe struct BFloat16Element : IElement
{
    private const int HalfBits = 16;
    private const uint BelowHalf = 0x7FFF;

    public static int Size => sizeof(ushort);

    public static Vector512<float> Load(byte* address, long index)
    {
        var upper = Vector256.Load((ushort*)address + index);
        var wide = Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt32(upper) : Vector512.Create(Vector256.WidenLower(upper), Vector256.WidenUpper(upper));
        return (wide << HalfBits).AsSingle();
    }

    public static void Store(Vector512<float> value, byte* address, long index)
    {
        var bits = value.AsUInt32();
        var odd = (bits >>> HalfBits) & Vector512.Create(1u);
        var rounded = (bits + Vector512.Create(BelowHalf) + odd) >>> HalfBits;
        var narrow = Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt16(rounded) : Vector256.Narrow(rounded.GetLower(), rounded.GetUpper());
        narrow.Store((ushort*)address + index);
    }
}
