using System.Text.Json;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>What a stage's folder says it is: by diffusers' <c>model_index.json</c>, or by transformers' <c>config.json</c> where that stands alone.</summary>
/// <param name="Folder">The stage's folder.</param>
/// <param name="ClassName">The pipeline's class, such as IFPipeline; of a folder with config.json alone, its model_type.</param>
/// <param name="Components">The parts that are there, by name (text_encoder, unet …), with the class of each; of a folder with config.json alone, none.</param>
internal sealed record ModelIndex(string Folder, string ClassName, IReadOnlyDictionary<string, string> Components)
{
    public const string FileName = "model_index.json";

    private const string SingleModelFile = "config.json";

    private const string NoiseLevelKey = "max_noise_level";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The greatest noise level an upscaler takes; null where the file does not say.</summary>
    public int? MaxNoiseLevel { get; init; }

    /// <summary>Whether a folder may be a stage: whether one of the two files is there.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName)) || File.Exists(Path.Combine(folder, SingleModelFile));

    /// <exception cref="CascadeException">The file is missing or not right.</exception>
    public static ModelIndex Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path)) return Read(path, root => new ModelIndex(folder, NameIn(root, "_class_name", path), ComponentsIn(root)) { MaxNoiseLevel = NoiseLevelIn(root, path) });
        var single = Path.Combine(folder, SingleModelFile);
        if (File.Exists(single)) return Read(single, root => new ModelIndex(folder, NameIn(root, "model_type", single), new Dictionary<string, string>()));
        throw new CascadeException($"'{path}' is missing; expected is a stage in diffusers' layout (or a single model's {SingleModelFile}).");
    }

    /// <summary>The configuration file of a diffusion stage's network.</summary>
    public string UNetPath => Path.Combine(PathOf("unet"), "config.json");

    /// <summary>The folder of a part.</summary>
    public string PathOf(string component) => Path.Combine(Folder, component);

    /// <summary>A diffusion stage's own scheduler.</summary>
    public SchedulerConfigReader OpenScheduler() => SchedulerConfigReader.Open(Path.Combine(PathOf("scheduler"), "scheduler_config.json"));

    private static ModelIndex Read(string path, Func<JsonElement, ModelIndex> read)
    {
        try
        {
            using var document = JsonDocument.Parse(ConfigFile.Read(path), Strict);
            return read(document.RootElement);
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CascadeException($"{path} is not JSON: {JsonFault.Explain(error)}", error);
        }
    }

    private static string NameIn(JsonElement root, string key, string path) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(key, out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()!
            : throw new CascadeException($"{path} has no text {key}.");

    private static int? NoiseLevelIn(JsonElement root, string path)
    {
        if (!root.TryGetProperty(NoiseLevelKey, out var level) || level.ValueKind == JsonValueKind.Null) return null;
        if (level.ValueKind == JsonValueKind.Number && level.TryGetInt32(out var number) && number >= 0) return number;
        throw new CascadeException($"{path}: {NoiseLevelKey} is {level.GetRawText()}; expected is a whole number, 0 or more.");
    }

    /// <summary>The parts that are there; one that is left out is written as [null, null].</summary>
    private static Dictionary<string, string> ComponentsIn(JsonElement root) =>
        root.EnumerateObject().Where(entry => IsPresent(entry.Value)).ToDictionary(entry => entry.Name, entry => entry.Value[1].GetString()!, StringComparer.Ordinal);

    private static bool IsPresent(JsonElement component) =>
        component.ValueKind == JsonValueKind.Array && component.GetArrayLength() == 2 && component[1].ValueKind == JsonValueKind.String;
}
