using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Worker.Rendering;

/// <summary>The devices and number formats that settings name.</summary>
internal static partial class RenderPlace
{
    /// <summary>Says what is wrong with a device and a number format; null where nothing is, or where they are not set.</summary>
    /// <param name="setting">What stands before Device and Dtype in the settings' names.</param>
    public static string? Fault(string setting, string? device, string? dtype)
    {
        if (device is not null && !Devices().IsMatch(device)) return $"{setting}Device is '{device}'; expected is cpu, cuda or cuda:N.";
        if (dtype is not null and not ("float32" or "bfloat16" or "float16")) return $"{setting}Dtype is '{dtype}'; expected is float32, bfloat16 or float16.";
        if (device is null or "cpu") return null;
        if (!torch.cuda.is_available())
            return $"{setting}Device is '{device}', but this build sees no GPU: build it with -p:TorchBackend=cuda on a machine with an NVIDIA driver, or set cpu.";
        return Number(device) < torch.cuda.device_count() ? null : $"{setting}Device is '{device}', but there are {torch.cuda.device_count()} GPUs, numbered from 0.";
    }

    /// <summary>The device of that name, which <see cref="Fault"/> has nothing against. Without a number it is the first: two names of one device would each be given all its memory.</summary>
    public static Device Device(string name) => name == "cpu" ? CPU : new Device(DeviceType.CUDA, Number(name));

    private static int Number(string device) => device == "cuda" ? 0 : int.Parse(device.AsSpan("cuda:".Length), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The number format of that name, which <see cref="Fault"/> has nothing against.</summary>
    public static ScalarType? Dtype(string? name) => name switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => null,
    };

    [GeneratedRegex("^(cpu|cuda(:[0-9]{1,3})?)$")]
    private static partial Regex Devices();
}
