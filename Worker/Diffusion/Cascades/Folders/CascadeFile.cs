using System.Text.Json;
using System.Text.Json.Serialization;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>A model folder's <c>cascade.json</c>: name, stages in order, and the farm's defaults.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CascadeFile
{
    public const string FileName = "cascade.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    private const int MostStages = 16;

    public required string Name { get; init; }

    /// <summary>Folders inside the model's folder.</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>Settings by stage: stage1, stage2 …</summary>
    public IReadOnlyDictionary<string, StageDefaults> Defaults { get; init; } = new Dictionary<string, StageDefaults>();

    /// <summary>Most pictures drawn together.</summary>
    public int? MaxBatch { get; init; }

    /// <summary>A folder inside the model's: the safety checker that finished pictures must pass, in diffusers' layout (IFSafetyChecker); null for none.</summary>
    public string? SafetyChecker { get; init; }

    /// <summary>A folder inside the model's: the mark that is laid over finished pictures, in diffusers' layout (IFWatermarker); null for none.</summary>
    public string? Watermarker { get; init; }

    /// <summary>
    /// Reads the folder's file. A folder without one that is itself a stage (<see cref="ModelIndex"/>) is a cascade of that one stage.
    /// </summary>
    /// <exception cref="CascadeException">Neither is there, or the file is not right.</exception>
    public static CascadeFile Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!Directory.Exists(folder)) throw new CascadeException($"The model folder '{folder}' does not exist.");
        if (!File.Exists(path))
        {
            if (ModelIndex.IsIn(folder)) return new CascadeFile { Name = new DirectoryInfo(folder).Name, Stages = ["."] };
            throw new CascadeException($"'{folder}' is no model: it has neither {FileName} nor {ModelIndex.FileName}.");
        }
        try
        {
            var file = JsonSerializer.Deserialize<CascadeFile>(ConfigFile.Read(path), Format) ?? throw new CascadeException($"{path} holds null.");
            file.Check(path);
            return file;
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw new CascadeException($"{path} is not a cascade: {JsonFault.Explain(error)}", error);
        }
    }

    private void Check(string path)
    {
        if (string.IsNullOrWhiteSpace(Name)) throw new CascadeException($"{path}: name is empty.");
        if (Stages.Count is 0 or > MostStages)
            throw new CascadeException($"{path}: stages is {(Stages.Count == 0 ? "empty" : $"of {Stages.Count} entries")}; name the stages' folders in order, 1 to {MostStages}.");
        foreach (var stage in Stages) CheckFolder(path, "stages has the entry", "stage", stage);
        if (SafetyChecker is not null) CheckFolder(path, "safety_checker is", "safety checker", SafetyChecker);
        if (Watermarker is not null) CheckFolder(path, "watermarker is", "watermarker", Watermarker);
        foreach (var key in Defaults.Keys)
        {
            if (Enumerable.Range(0, Stages.Count).All(stage => key != Cascade.KeyOf(stage)))
            {
                throw new CascadeException(
                    $"{path}: defaults has '{key}'; expected {string.Join(", ", Enumerable.Range(0, Stages.Count).Select(Cascade.KeyOf))}.");
            }
        }
        if (Defaults.FirstOrDefault(entry => entry.Value is null) is { Key: { } empty })
            throw new CascadeException($"{path}: defaults has {empty}: null; expected an object such as {{\"steps\": 20}}, or no such key.");
        foreach (var batch in Defaults.Values.Select(stage => stage.MaxBatch).Append(MaxBatch))
        {
            if (batch < 1) throw new CascadeException($"{path}: max_batch is {batch}; expected at least 1.");
        }
    }

    private static void CheckFolder(string path, string says, string what, string? folder)
    {
        if (string.IsNullOrWhiteSpace(folder) || folder.Contains('\0'))
            throw new CascadeException($"{path}: {says} {(folder is null ? "null" : $"'{folder.Replace('\0', '?')}'")}; expected the name of a folder.");
        if (Path.IsPathRooted(folder) || folder.Split('/', '\\').Contains("..")) throw new CascadeException($"{path}: the {what} '{folder}' lies outside the model's folder.");
    }
}
