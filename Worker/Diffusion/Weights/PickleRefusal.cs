namespace RenderFarm.Diffusion.Weights;

/// <summary>Pickles are programs: reading one can run whatever its author wished. They are recognised and refused.</summary>
internal static class PickleRefusal
{
    private const string Remedy = "It can run any code when it is opened, so it is never read. Convert it to safetensors first (in Python, with a source you trust: safetensors.torch.save_file, or diffusers' save_pretrained).";

    private static readonly string[] Extensions = [".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"];

    /// <summary>True for a zip archive (torch.save since 1.6) and for a bare pickle of protocol 2 to 5.</summary>
    public static bool LooksLikePickle(ReadOnlySpan<byte> start) =>
        start is [(byte)'P', (byte)'K', 3, 4, ..] or [0x80, >= 2 and <= 5, ..];

    /// <summary>A pickle by name in the folder, or null.</summary>
    public static string? FindIn(string folder) =>
        Directory.EnumerateFiles(folder).Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).FirstOrDefault();

    public static WeightsException ForFile(string path) => new($"'{path}' is a Python pickle, not a safetensors file. {Remedy}");

    public static WeightsException ForFolder(string folder, string pickle) =>
        new($"'{folder}' holds no safetensors file, only the Python pickle '{Path.GetFileName(pickle)}'. {Remedy}");
}
