using System.Globalization;
using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Evaluation;

/// <summary>A setting whose values are to be compared, as the command line gives it: "stage1.guidance=1,2,4".</summary>
/// <param name="Stage">Such as stage1.</param>
/// <param name="Setting">steps, guidance or noise-level, as the options are named that set it.</param>
/// <param name="Values">As written, ascending.</param>
internal sealed record CurveOption(string Stage, string Setting, IReadOnlyList<string> Values)
{
    public const string Steps = "steps", Guidance = "guidance", NoiseLevel = "noise-level";

    /// <summary>Such as stage1.guidance.</summary>
    public string Name => $"{Stage}.{Setting}";

    /// <exception cref="ToolException">It is something else.</exception>
    public static CurveOption Parse(string text)
    {
        var (name, values) = text.IndexOf('=', StringComparison.Ordinal) is var equals and > 0 ? (text[..equals], text[(equals + 1)..].Split(',')) : ("", []);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var setting = dot < 0 ? "" : name[(dot + 1)..];
        if (dot < 1 || setting is not (Steps or Guidance or NoiseLevel) || values.Length < 2 || !values.All(value => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)))
            throw new ToolException($"--curve is '{text}'; expected is a stage's {Steps}, {Guidance} or {NoiseLevel} with two values or more, such as stage1.{Guidance}=1,2,4,8.");
        return new CurveOption(name[..dot], setting, [.. values.OrderBy(ValueOf)]);
    }

    public static double ValueOf(string value) => double.Parse(value, CultureInfo.InvariantCulture);

    /// <summary>What sets a value, for the option of that name; nothing for the others.</summary>
    public IEnumerable<string> For(string setting, string value) => setting == Setting ? [$"{Stage}={value}"] : [];
}
