using System.Globalization;
using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>A list of timesteps as settings write it.</summary>
internal static class TimestepText
{
    /// <exception cref="SettingsException">Neither a list's name nor numbers with commas.</exception>
    public static int[] Parse(string text)
    {
        if (NamedTimesteps.Find(text) is { } named) return named;
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var steps = new int[parts.Length];
        for (var index = 0; index < parts.Length; index++)
        {
            if (!int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out steps[index]))
            {
                throw new SettingsException(
                    $"timesteps is '{text}'; expected one of {string.Join(", ", NamedTimesteps.Names)}, or descending numbers separated by commas.");
            }
        }
        return steps;
    }
}
