using System.Text.Json;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>A stage's <c>model_index.json</c>: the pipeline's class and which parts it has.</summary>
/// <param name="Folder">The stage's folder.</param>
/// <param name="ClassName">Such as IFPipeline.</param>
/// <param name="Components">Names of the parts that are there: text_encoder, unet …</param>
internal sealed record ModelIndex(string Folder, string ClassName, IReadOnlySet<string> Components)
{
    public const string FileName = "model_index.json";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="CascadeException">The file is missing or not right.</exception>
    public static ModelIndex Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new CascadeException($"'{path}' is missing; expected is a stage in diffusers' layout.");
        try
        {
            using var document = JsonDocument.Parse(ConfigFile.Read(path), Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("_class_name", out var name) || name.ValueKind != JsonValueKind.String)
            {
                throw new CascadeException($"{path} has no text _class_name.");
            }
            // A part that is left out is written as [null, null].
            var components = root.EnumerateObject().Where(entry => IsPresent(entry.Value)).Select(entry => entry.Name);
            return new ModelIndex(folder, name.GetString()!, components.ToHashSet(StringComparer.Ordinal));
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CascadeException($"{path} is not JSON: {error.Message}", error);
        }
    }

    /// <summary>The folder of a part.</summary>
    public string PathOf(string component) => Path.Combine(Folder, component);

    private static bool IsPresent(JsonElement component) =>
        component.ValueKind == JsonValueKind.Array && component.GetArrayLength() == 2 && component[1].ValueKind == JsonValueKind.String;

    /// <summary>Whether the stage brings its own text encoder with tokenizer.</summary>
    public bool HasTextEncoder => Components.Contains("text_encoder") && Components.Contains("tokenizer");
}
