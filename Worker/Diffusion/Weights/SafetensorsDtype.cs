using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>The names that safetensors gives to number formats.</summary>
internal static class SafetensorsDtype
{
    private static readonly (string Name, ScalarType Dtype, int Size)[] Known =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>All names, for error messages.</summary>
    public static string Names => string.Join(", ", Known.Select(known => known.Name));

    public static bool TryParse(string? name, out ScalarType dtype)
    {
        foreach (var known in Known)
        {
            if (known.Name != name) continue;
            dtype = known.Dtype;
            return true;
        }
        dtype = default;
        return false;
    }

    public static string NameOf(ScalarType dtype) => Find(dtype).Name;

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(ScalarType dtype) => Find(dtype).Size;

    public static bool IsFloating(ScalarType dtype) =>
        dtype is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;

    private static (string Name, ScalarType Dtype, int Size) Find(ScalarType dtype)
    {
        foreach (var known in Known)
        {
            if (known.Dtype == dtype) return known;
        }
        throw new ArgumentException($"A safetensors file cannot hold {dtype}; it holds {Names}.", nameof(dtype));
    }
}
