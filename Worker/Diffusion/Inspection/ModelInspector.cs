using System.Text.Json;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Inspection;

/// <summary>Reads a model folder's configurations and the heads of its weights files, and compares them, without loading a weight.</summary>
public static class ModelInspector
{
    private const string CascadeFile = "cascade.json";
    private const string IndexFile = "model_index.json";

    /// <summary>Reports on a cascade (a folder with cascade.json) or on a single stage (a folder with model_index.json).</summary>
    /// <exception cref="WeightsException">The folder is neither, or its cascade.json cannot be read.</exception>
    public static ModelReport Inspect(string folder)
    {
        var full = Path.GetFullPath(folder);
        if (!Directory.Exists(full)) throw new WeightsException($"There is no folder '{full}'; expected is a model folder with a {CascadeFile}.");
        var own = Path.GetFileName(Path.TrimEndingDirectorySeparator(full));
        if (File.Exists(Path.Combine(full, CascadeFile)))
        {
            var (name, stages) = ReadCascade(Path.Combine(full, CascadeFile));
            return new ModelReport { Folder = full, Name = name ?? own, Stages = [.. stages.Select(stage => InspectStage(Path.Combine(full, stage), stage))] };
        }
        if (!File.Exists(Path.Combine(full, IndexFile)))
            throw new WeightsException($"'{full}' holds no model: it has neither {CascadeFile} (a cascade) nor {IndexFile} (one stage in diffusers' layout).");
        return new ModelReport { Folder = full, Name = own, Stages = [InspectStage(full, own)] };
    }

    private static (string? Name, IReadOnlyList<string> Stages) ReadCascade(string path)
    {
        using var document = Parse(path);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("stages", out var list) || list.ValueKind != JsonValueKind.Array
            || list.GetArrayLength() == 0 || list.EnumerateArray().Any(stage => stage.ValueKind != JsonValueKind.String))
            throw new WeightsException($"'{path}' has no list 'stages' of folder names; expected is {{\"stages\": [\"base\", …]}}.");
        var name = root.TryGetProperty("name", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        return (name, [.. list.EnumerateArray().Select(stage => stage.GetString()!)]);
    }

    private static StageReport InspectStage(string folder, string name)
    {
        var index = Path.Combine(folder, IndexFile);
        if (!Directory.Exists(folder)) return new StageReport { Name = name, Components = [], Fault = $"its folder '{folder}' is missing" };
        if (!File.Exists(index)) return new StageReport { Name = name, Components = [], Fault = $"'{IndexFile}' is missing in '{folder}'" };
        try
        {
            using var document = Parse(index);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new WeightsException($"'{index}' is not a JSON object.");
            string? pipeline = null;
            var components = new List<ComponentReport>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "_class_name" && property.Value.ValueKind == JsonValueKind.String) pipeline = property.Value.GetString();
                // A component is ["library", "Class"]; [null, null] says that the stage goes without.
                if (property.Value.ValueKind == JsonValueKind.Array && property.Value.EnumerateArray().LastOrDefault() is { ValueKind: JsonValueKind.String } className)
                    components.Add(ComponentInspector.Inspect(Path.Combine(folder, property.Name), property.Name, className.GetString()!));
            }
            return new StageReport { Name = name, PipelineClass = pipeline, Components = components };
        }
        catch (WeightsException error)
        {
            return new StageReport { Name = name, Components = [], Fault = error.Message };
        }
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException error)
        {
            throw new WeightsException($"'{path}' is not valid JSON ({error.Message}).", error);
        }
    }
}
