using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Output;
using RenderFarm.Cli.Requests;

namespace RenderFarm.Cli.Rendering;

/// <summary>The names of the files that a rendering writes.</summary>
internal static class RenderNames
{
    /// <summary>Whether the usual file system of this machine takes names that differ in case only for one.</summary>
    private static readonly StringComparer Comparer = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    /// <summary>Of the finished picture.</summary>
    public static string Of(PictureRequest request) => $"{PictureFolder.FileNameOf(request.CustomId)}.png";

    /// <param name="request">Whose.</param>
    /// <param name="stage">From 0.</param>
    public static string OfStage(PictureRequest request, int stage) => $"{PictureFolder.FileNameOf(request.CustomId)}-stage{stage + 1}.png";

    /// <summary>Of the picture as far as it is drawn.</summary>
    public static string OfPreview(PictureRequest request) => $"{PictureFolder.FileNameOf(request.CustomId)}-preview.png";

    /// <summary>Finds out, before anything is drawn, whether one picture would replace another.</summary>
    /// <param name="requests">All of the rendering.</param>
    /// <param name="keptStages">How many stages' pictures are kept; 0 for the finished ones alone.</param>
    /// <param name="previews">Whether there are files of previews.</param>
    /// <exception cref="ToolException">Two pictures would have one name.</exception>
    public static void Check(IReadOnlyList<PictureRequest> requests, int keptStages, bool previews)
    {
        var taken = new Dictionary<string, string>(Comparer);
        foreach (var request in requests)
        {
            Take(Of(request), $"the picture of '{request.CustomId}'");
            for (var stage = 0; stage < keptStages; stage++) Take(OfStage(request, stage), $"stage {stage + 1} of '{request.CustomId}', kept with --keep-stages,");
            if (previews) Take(OfPreview(request), $"the preview of '{request.CustomId}'");
        }

        void Take(string name, string what)
        {
            if (taken.TryAdd(name, what)) return;
            throw new ToolException($"{name} would be {taken[name]} and {what} alike; give one of them another custom_id{(keptStages > 0 ? ", or leave out --keep-stages" : "")}{(previews ? ", or leave out --previews" : "")}.");
        }
    }
}
