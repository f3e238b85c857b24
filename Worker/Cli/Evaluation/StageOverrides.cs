using System.Globalization;
using RenderFarm.Cli.Errors;
using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Cli.Evaluation;

/// <summary>Settings of stages as the command line gives them: "stage1=10", or "10" for the first stage.</summary>
internal static class StageOverrides
{
    private const string FirstStage = "stage1";

    public static IReadOnlyDictionary<string, StageSettings> Parse(IReadOnlyList<string> steps, IReadOnlyList<string> guidance, IReadOnlyList<string> noiseLevels)
    {
        var settings = new Dictionary<string, StageSettings>(StringComparer.Ordinal);
        foreach (var (stage, value) in steps.Select(Part))
        {
            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 1000)
                throw new ToolException($"--steps is '{stage}={value}'; expected is a whole number from 1 to 1000, such as {stage}=20.");
            settings[stage] = Of(settings, stage) with { Steps = count };
        }
        foreach (var (stage, value) in guidance.Select(Part))
        {
            if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var scale) || scale > 100)
                throw new ToolException($"--guidance is '{stage}={value}'; expected is a number from 0 to 100, such as {stage}=4.");
            settings[stage] = Of(settings, stage) with { Guidance = scale };
        }
        foreach (var (stage, value) in noiseLevels.Select(Part))
        {
            if (stage == FirstStage) throw new ToolException($"--noise-level is '{stage}={value}', but the first stage has no picture to put noise on; expected is a later stage, such as stage2={value}.");
            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var level) || level > 999)
                throw new ToolException($"--noise-level is '{stage}={value}'; expected is a whole number from 0 to 999, such as {stage}=10.");
            settings[stage] = Of(settings, stage) with { NoiseLevel = level };
        }
        return settings;
    }

    private static StageSettings Of(Dictionary<string, StageSettings> settings, string stage) => settings.TryGetValue(stage, out var known) ? known : new StageSettings();

    private static (string Stage, string Value) Part(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (FirstStage, text);
}
