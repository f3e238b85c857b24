using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>The number format that is fastest on a device without showing in the pictures.</summary>
public static class DtypeChoice
{
    /// <summary>Feature bits of CPUID leaf 7: AVX512_BF16 in subleaf 1's EAX, AMX-BF16 in subleaf 0's EDX.</summary>
    private const int FeatureLeaf = 7, Avx512Bf16Bit = 5, AmxBf16Bit = 22;

    /// <summary>
    /// bfloat16 on GPUs and on CPUs that multiply it in hardware, else float32. Measured on two cores of a Zen 5 with AVX512_BF16: a
    /// cascade as small as the recorded one takes half the time in bfloat16 for a single picture and six tenths for a batch, and a larger
    /// one gains more. Without such instructions libtorch emulates it: on a Zen 3 matrices multiply at 1 GFLOP/s a core, in float32 at 57.
    /// </summary>
    public static ScalarType For(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.type == DeviceType.CUDA) return ScalarType.BFloat16;
        return device.type == DeviceType.CPU && CpuMultipliesBfloat16() ? ScalarType.BFloat16 : ScalarType.Float32;
    }

    /// <summary>As settings and provenance write it.</summary>
    internal static string NameOf(ScalarType dtype) => dtype switch
    {
        ScalarType.BFloat16 => "bfloat16",
        ScalarType.Float16 => "float16",
        _ => "float32",
    };

    private static bool CpuMultipliesBfloat16()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < FeatureLeaf) return false;
        var features = X86Base.CpuId(FeatureLeaf, 0);
        var moreFeatures = features.Eax >= 1 ? X86Base.CpuId(FeatureLeaf, 1).Eax : 0;
        return Avx512F.IsSupported && ((moreFeatures >> Avx512Bf16Bit & 1) != 0 || (features.Edx >> AmxBf16Bit & 1) != 0);
    }
}
