using RenderFarm.Testing;

namespace RenderFarm.Diffusion.Tests.Sampling;

/// <summary>Recorded outputs of diffusers' schedulers.</summary>
internal static class Goldens
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Sampling", "Goldens");

    public static string SchedulerConfig(string name) => Path.Combine(Folder, "schedulers", name, "scheduler_config.json");

    /// <summary>The file with a configuration's trace; those of PNDM are diffusers 0.42's.</summary>
    public static string TraceOf(string name) => name.StartsWith("pndm", StringComparison.Ordinal) ? Path.Combine(Folder, "schedulers", "pndm.safetensors") : Traces;

    public static string Traces => Path.Combine(Folder, "schedulers", "golden.safetensors");
}
