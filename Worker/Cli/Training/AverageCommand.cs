using System.CommandLine;
using System.Globalization;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Output;
using RenderFarm.Training;

namespace RenderFarm.Cli.Training;

/// <summary><c>renderfarm average PART</c>: the mean of several models' weights.</summary>
internal static class AverageCommand
{
    private static readonly Argument<string> Part = new("PART") { Description = "The part whose weights are averaged." };

    private static readonly Option<string> Model = new("--model") { Description = "Model folder that has the part and gets the mean, such as a copy of one that is averaged.", HelpName = "DIR", Required = true };

    private static readonly Option<string[]> Of = new("--of") { Description = "A model folder and the share of its weights, such as runs/a=0.25; repeated, with shares that are 1 together.", HelpName = "DIR=SHARE", Required = true };

    public static Command Create()
    {
        Part.AcceptOnlyFromAmong([.. ModelAverage.Parts]);
        var command = new Command("average", "Average the weights that several runs, begun from the same, have learned; the mean of them and of those from before is often better than each.") { Part, Model, Of };
        command.SetAction(parsed =>
        {
            var (part, model) = (parsed.GetRequiredValue(Part), parsed.GetRequiredValue(Model));
            if (string.IsNullOrWhiteSpace(model)) throw new ToolException("--model is empty; expected is a model folder.");
            var shares = parsed.GetRequiredValue(Of).Select(Share).ToList();
            ModelAverage.Write(part, model, shares);
            Terminal.Of(parsed).WriteLine($"{part}: the mean of {shares.Count} models is in {model}");
            return ExitCode.Success;
        });
        return command;
    }

    private static (string Model, double Share) Share(string text)
    {
        var at = text.LastIndexOf('=');
        return !string.IsNullOrWhiteSpace(text[..Math.Max(at, 0)]) && double.TryParse(text[(at + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            ? (text[..at], share)
            : throw new ToolException($"--of is '{text}'; expected is a model folder and its share, such as runs/a=0.25.");
    }
}
