using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Models;

/// <summary>Finds the folder of a model: the one that ships beside the tool, or one that the user names.</summary>
internal static class BundledModel
{
    /// <summary>Name of the cascade that ships with the tool.</summary>
    public const string Name = "shapes";

    /// <summary>Models that ship with the tool, each in a folder of its name.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Models");

    /// <summary>The folder that holds the model's cascade.json.</summary>
    /// <param name="model">A folder, the name of a bundled model, or null for the default one.</param>
    /// <exception cref="ToolException">There is no such model.</exception>
    public static string Find(string? model)
    {
        var bundled = Path.Combine(Folder, model ?? Name);
        if (model is not null && Directory.Exists(model)) return Path.GetFullPath(model);
        // A path is a path; only a bare name may mean a bundled model.
        if ((model is null || Path.GetFileName(model) == model) && IsModel(bundled)) return bundled;
        var known = Directory.Exists(Folder) ? Directory.EnumerateDirectories(Folder).Where(IsModel).Select(Path.GetFileName).Order().ToList() : [];
        var choice = known.Count > 0 ? $"bundled are {string.Join(", ", known)}" : "no model is bundled with this build";
        throw new ToolException(model is null
            ? $"The bundled model '{Name}' is not in '{Folder}'; name a model folder with --model DIR."
            : $"Unknown model '{model}': there is no such folder, and {choice}. Give --model a folder with a cascade.json.");
    }

    private static bool IsModel(string folder) => File.Exists(Path.Combine(folder, "cascade.json"));
}
