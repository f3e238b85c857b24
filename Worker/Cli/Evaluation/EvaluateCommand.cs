using System.CommandLine;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Output;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Training.Evaluation;

namespace RenderFarm.Cli.Evaluation;

/// <summary><c>renderfarm evaluate</c>: renders captions that training never showed and measures whether the pictures show what they say.</summary>
internal static class EvaluateCommand
{
    /// <summary>Pictures a row of the contact sheet, and the side of each.</summary>
    private const int SheetColumns = 20, SheetCell = 128;

    private const string Seen = "seen";
    private const string Unseen = "unseen";
    private const string Both = "both";

    private static readonly ModelOptions Model = new();

    private static readonly Option<int> Captions = new("--captions") { Description = "Captions of each split.", HelpName = "N", DefaultValueFactory = _ => 200 };

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Where captions and the pictures' seeds come from.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<string> Split = new("--split") { Description = "Colour-shape pairs that training showed, pairs held out of it, or both.", DefaultValueFactory = _ => Both };

    private static readonly Option<string> Out = new("--out") { Description = "Folder for report.json, report.txt and contact-sheet.png.", HelpName = "DIR", DefaultValueFactory = _ => "evaluation" };

    private static readonly Option<string[]> Steps = Overrides("--steps", "Steps of a stage, such as stage1=10; may be repeated.");

    private static readonly Option<string[]> Guidance = Overrides("--guidance", "Guidance of a stage, such as stage1=7; may be repeated.");

    private static readonly Option<bool> Truth = new("--truth") { Description = "Measure the measure: judge pictures drawn from the scenes themselves instead of a model's." };

    public static Command Create()
    {
        Split.AcceptOnlyFromAmong(Seen, Unseen, Both);
        var command = new Command("evaluate", "Measure how well a model draws what captions of the drawn world say.") { Captions, Seed, Split, Out, Steps, Guidance, Truth };
        Model.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, Terminal.Of(parsed), cancellationToken)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var captions = parsed.GetValue(Captions);
        if (captions < 1) throw new ToolException($"--captions is {captions}; expected is 1 or more.");
        var overrides = StageOverrides.Parse(parsed.GetValue(Steps)!, parsed.GetValue(Guidance)!);
        var splits = parsed.GetValue(Split) == Both ? new[] { Seen, Unseen } : [parsed.GetValue(Split)!];
        var plan = new EvaluationPlan { Captions = captions, Seed = parsed.GetValue(Seed), Splits = splits };
        var truth = parsed.GetValue(Truth);
        var (model, options) = truth ? (null, null) : (Model.Folder(parsed), Model.Cascade(parsed));
        var folder = PictureFolder.Open(parsed.GetValue(Out)!);
        var progress = new EvaluationProgress(terminal);
        if (truth)
        {
            Report(Evaluator.EvaluateTruth(plan, progress.Show, cancellationToken), folder, terminal);
            return ExitCode.Success;
        }
        using var cascade = Cascade.Load(model!, options!);
        var renderer = new CascadePictures(cascade, overrides, cancellationToken);
        Report(Evaluator.Evaluate(plan with { BatchSize = cascade.MaxBatch }, renderer.Render, progress.Show, cancellationToken), folder, terminal);
        return ExitCode.Success;
    }

    private static void Report(EvaluationResult result, PictureFolder folder, Terminal terminal)
    {
        File.WriteAllText(folder.PathOf("report.json"), result.Report.ToJson() + "\n");
        File.WriteAllText(folder.PathOf("report.txt"), result.Report.ToString());
        ContactSheet.Draw([.. result.Pictures.Select(Entry)], SheetColumns, SheetCell).SavePng(folder.PathOf("contact-sheet.png"));
        terminal.WriteLine(result.Report.ToString());
        terminal.WriteLine($"report.json, report.txt and contact-sheet.png are in {folder.Path}");
    }

    private static SheetEntry Entry(JudgedPicture judged) => new(
        new Picture(judged.Picture.Side, judged.Picture.Side, judged.Picture.Pixels), Frame: judged.Problems.Count == 0 ? SheetFrame.Right : SheetFrame.Wrong);

    private static Option<string[]> Overrides(string name, string description) =>
        new(name) { Description = description, HelpName = "STAGE=N", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };
}
