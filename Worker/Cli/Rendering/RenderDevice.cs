using System.Globalization;
using RenderFarm.Cli.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Cli.Rendering;

/// <summary>The devices and number formats that the command line names.</summary>
internal static class RenderDevice
{
    /// <summary>Names of the number formats, as --dtype takes them.</summary>
    public static readonly string[] Dtypes = ["float32", "bfloat16", "float16"];

    /// <summary>cpu, cuda or cuda:N.</summary>
    /// <exception cref="ToolException">No such device.</exception>
    public static Device Parse(string name)
    {
        if (name == "cpu") return torch.CPU;
        var index = 0;
        if (name != "cuda" && !(name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new ToolException($"The device is '{name}'; expected is cpu, cuda or cuda:N.");
        if (!torch.cuda.is_available())
            throw new ToolException($"The device is '{name}', but this build sees no GPU: build it with -p:TorchBackend=cuda on a machine with an NVIDIA driver, or use --device cpu.");
        if (index >= torch.cuda.device_count())
            throw new ToolException($"The device is '{name}', but there are {torch.cuda.device_count()} GPUs, numbered from 0.");
        return new Device(DeviceType.CUDA, index);
    }

    /// <summary>One of <see cref="Dtypes"/>; null for what suits the device.</summary>
    public static ScalarType? ParseDtype(string? name) => name switch
    {
        null => null,
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => throw new ToolException($"The dtype is '{name}'; expected is one of {string.Join(", ", Dtypes)}."),
    };
}
