using System.Globalization;
using RenderFarm.Contracts.Models;

namespace RenderFarm.Api.Batches;

/// <summary>Checks a job's list of timesteps.</summary>
internal static class TimestepReader
{
    private const int Highest = 999;

    /// <summary>The number of its steps; null if it was refused.</summary>
    public static int? Count(string text, StageDescription stage, InputPlace place)
    {
        if (stage.TimestepLists.TryGetValue(text, out var named))
            return named;
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var before = Highest + 1;
        foreach (var part in parts)
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var step))
                return Refuse(place, stage, $"'timesteps' is '{Shown(text)}'");
            if (step >= before)
                return Refuse(place, stage, before > Highest ? $"'timesteps' begins with {step}" : $"'timesteps' has {step} after {before}");
            before = step;
        }

        return parts.Length;
    }

    private static int? Refuse(InputPlace place, StageDescription stage, string fault)
    {
        var lists = stage.TimestepLists.Count == 0 ? "" : $"one of {string.Join(", ", stage.TimestepLists.Keys)}, or ";
        place.Refuse("timesteps", $"{fault}; give {lists}descending whole numbers from {Highest} to 0, separated by commas.");
        return null;
    }

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
