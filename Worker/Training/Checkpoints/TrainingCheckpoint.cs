using System.Globalization;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.Checkpoints;

/// <summary>
/// All that a run needs to go on as if it had never stopped: master copy, average, both moments, steps. Random draws need no state: each
/// step's come from a generator seeded with the run's seed and the step's number.
/// </summary>
internal static class TrainingCheckpoint
{
    /// <summary>Where a run keeps its checkpoint.</summary>
    public static string PathIn(string folder, string name) => Path.Combine(folder, name + ".checkpoint.safetensors");

    public static void Save(string path, FlatParameters parameters, AdamW optimizer, double seconds, string fingerprint) => SafetensorsWriter.Write(
        path,
        State(parameters, optimizer),
        new Dictionary<string, string>
        {
            ["steps"] = optimizer.Steps.ToString(CultureInfo.InvariantCulture),
            ["seconds"] = seconds.ToString("R", CultureInfo.InvariantCulture),
            ["fingerprint"] = fingerprint,
        });

    /// <summary>Continues from <paramref name="path"/> if it is there.</summary>
    /// <returns>Seconds that the run has taken so far; null where there is no checkpoint.</returns>
    public static double? TryLoad(string path, FlatParameters parameters, AdamW optimizer, string fingerprint)
    {
        if (!File.Exists(path)) return null;
        using var file = SafetensorsFile.Open(path);
        var found = file.Metadata.GetValueOrDefault("fingerprint") ?? "of unknown origin";
        if (found != fingerprint)
        {
            throw new TrainingException(
                $"{path} belongs to another run ({Beyond(found, fingerprint)}), this one is {Beyond(fingerprint, found)}. Use the options and the text encoder that the run began with, or another --run folder; with --continue that one begins with the model's present weights.");
        }
        using var guard = no_grad();
        foreach (var (name, target) in State(parameters, optimizer)) file.ReadInto(name, target);
        optimizer.Steps = long.Parse(file.Metadata["steps"], CultureInfo.InvariantCulture);
        parameters.GiveToNetwork();
        return double.Parse(file.Metadata["seconds"], CultureInfo.InvariantCulture);
    }

    // Of fingerprints only what differs is worth reading.
    private static string Beyond(string fingerprint, string other)
    {
        var differing = string.Join("; ", fingerprint.Split("; ").Except(other.Split("; ")));
        return differing.Length > 0 ? differing : fingerprint;
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> State(FlatParameters parameters, AdamW optimizer) =>
    [
        KeyValuePair.Create("master", parameters.Master), KeyValuePair.Create("average", parameters.Average),
        KeyValuePair.Create("first_moment", optimizer.FirstMoment), KeyValuePair.Create("second_moment", optimizer.SecondMoment),
    ];
}
