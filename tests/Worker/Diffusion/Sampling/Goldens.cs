using RenderFarm.Testing;

namespace RenderFarm.Diffusion.Tests.Sampling;

/// <summary>Recorded outputs of diffusers' schedulers.</summary>
internal static class Goldens
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Sampling", "Goldens");

    public static string SchedulerConfig(string name) => Path.Combine(Folder, "schedulers", name, "scheduler_config.json");

    public static string Traces => Path.Combine(Folder, "schedulers", "golden.safetensors");
}
