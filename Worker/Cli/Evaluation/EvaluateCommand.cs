using System.CommandLine;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Output;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Training.Evaluation;
using RenderFarm.Training.Scenes;

namespace RenderFarm.Cli.Evaluation;

/// <summary><c>renderfarm evaluate</c>: renders captions that training never showed and measures whether the pictures show what they say.</summary>
internal static class EvaluateCommand
{
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

    private static readonly Option<string[]> NoiseLevels = Overrides("--noise-level", "Noise put on the picture that a stage enlarges, such as stage2=10; may be repeated.");

    private static readonly Option<int?> Objects = new("--objects")
    {
        Description = $"Most objects that are told of one by one, by default as many as the world has: {EvaluationPlan.LargestScene(RenderFarm.Training.Scenes.World.First)} the first, {EvaluationPlan.LargestScene(RenderFarm.Training.Scenes.World.Wide)} "
            + "the others. What they tell by relation or number has two to five.",
        HelpName = "N",
    };

    private static readonly Option<World> World = WorldOption.Create();

    private static readonly Option<bool> Variations = new("--variations") { Description = "Draw from reference pictures alone, and measure what is kept of them." };

    private static readonly Option<bool> Edits = new("--edits") { Description = "Draw from reference pictures and instructions, and measure whether what they say is changed and the rest kept." };

    private static readonly Option<string?> Curve = new("--curve") { Description = "Evaluate at each value of a setting, such as stage1.guidance=1,2,4,8, and draw quality against it (curve.csv, curve.png).", HelpName = "STAGE.SETTING=N,N" };

    private static readonly Option<bool> Truth = new("--truth") { Description = "Measure the measure: judge pictures drawn from the scenes themselves instead of a model's." };

    public static Command Create()
    {
        Split.AcceptOnlyFromAmong(Seen, Unseen, Both);
        var command = new Command("evaluate", "Measure how well a model draws what captions of the drawn world say.") { Captions, Seed, Split, World, Objects, Variations, Edits, Out, Steps, Guidance, NoiseLevels, Curve, Truth };
        Model.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, Terminal.Of(parsed), cancellationToken)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var plan = Plan(parsed);
        var truth = parsed.GetValue(Truth);
        var curve = parsed.GetValue(Curve) is { } text ? CurveOption.Parse(text) : null;
        if (truth && curve is not null) throw new ToolException("Both --truth and --curve are given; leave one of them out.");
        IReadOnlyDictionary<string, StageSettings>[] settings = curve is null ? [Settings(parsed)] : [.. curve.Values.Select(value => Settings(parsed, curve, value))];
        var (model, options) = truth ? (null, null) : (Model.Folder(parsed), Model.Cascade(parsed));
        var folder = PictureFolder.Open(parsed.GetValue(Out)!);
        var progress = new EvaluationProgress(terminal);
        if (truth)
        {
            Report(Evaluator.EvaluateTruth(plan, progress.Show, cancellationToken), folder, terminal);
            return ExitCode.Success;
        }
        using var cascade = Cascade.Load(model!, options!);
        if (plan.Task != EvaluationTask.Captions && !cascade.Sees)
            throw new ToolException($"The model '{cascade.Name}' has no image encoder and fusion from whose words all its stages draw, so it draws from no reference; leave {(plan.Task == EvaluationTask.Edits ? "--edits" : "--variations")} out, or choose a model that has them.");
        // Settings that the model has no stage for are an error now, not after the first pictures.
        var drawn = settings.Select(each => EvaluatedModel.Of(cascade.Describe(new RenderRequest { Prompt = "any", Seed = 0, Settings = each }))).ToList();
        var points = new List<QualityPoint>();
        foreach (var (number, each) in settings.Index())
        {
            var renderer = new CascadePictures(cascade, each, cancellationToken);
            var result = Evaluator.Evaluate(plan with { BatchSize = cascade.MaxBatch }, renderer.Render, new EvaluationProgress(terminal).Show, cancellationToken);
            result = result with { Report = result.Report with { Model = drawn[number] } };
            Report(result, curve is null ? folder : PictureFolder.Open(Path.Combine(folder.Path, $"{curve.Name}={curve.Values[number]}")), terminal);
            if (curve is not null) points.Add(new QualityPoint(CurveOption.ValueOf(curve.Values[number]), result.Report, renderer.Drawing.TotalSeconds / result.Pictures.Count));
        }
        if (curve is not null) Report(new QualityCurve(curve.Name, points), folder, terminal);
        return ExitCode.Success;
    }

    private static IReadOnlyDictionary<string, StageSettings> Settings(ParseResult parsed, CurveOption? curve = null, string value = "")
    {
        string[] Of(Option<string[]> option, string setting) => [.. parsed.GetValue(option)!, .. curve?.For(setting, value) ?? []];
        return StageOverrides.Parse(Of(Steps, CurveOption.Steps), Of(Guidance, CurveOption.Guidance), Of(NoiseLevels, CurveOption.NoiseLevel));
    }

    private static EvaluationPlan Plan(ParseResult parsed)
    {
        var (captions, objects) = (parsed.GetValue(Captions), parsed.GetValue(Objects));
        if (captions < 1) throw new ToolException($"--captions is {captions}; expected is 1 or more.");
        var (world, most) = (parsed.GetValue(World), EvaluationPlan.LargestScene(parsed.GetValue(World)));
        if (objects < 1 || objects > most) throw new ToolException($"--objects is {objects}; expected is 1 to {most}.");
        if (objects == 1 && TaskOf(parsed) == EvaluationTask.Edits) throw new ToolException("--objects is 1; with --edits, which remove an object of several, expected is 2 or more.");
        var splits = parsed.GetValue(Split) == Both ? new[] { Seen, Unseen } : [parsed.GetValue(Split)!];
        return new EvaluationPlan { Captions = captions, Seed = parsed.GetValue(Seed), Splits = splits, MostObjects = objects ?? most, World = world, Task = TaskOf(parsed) };
    }

    private static EvaluationTask TaskOf(ParseResult parsed) => (parsed.GetValue(Variations), parsed.GetValue(Edits)) switch
    {
        (true, true) => throw new ToolException("Both --variations and --edits are given; leave one of them out."),
        (true, false) => EvaluationTask.Variations,
        (false, true) => EvaluationTask.Edits,
        _ => EvaluationTask.Captions,
    };

    private static void Report(EvaluationResult result, PictureFolder folder, Terminal terminal)
    {
        result.Save(folder.Path);
        terminal.WriteLine(result.Report.ToString());
        terminal.WriteLine($"{string.Join(", ", EvaluationResult.Files)} are in {folder.Path}");
    }

    private static void Report(QualityCurve curve, PictureFolder folder, Terminal terminal)
    {
        curve.Save(folder.Path);
        terminal.WriteLine(curve.ToString());
        terminal.WriteLine($"{string.Join(", ", QualityCurve.Files)} are in {folder.Path}");
    }

    private static Option<string[]> Overrides(string name, string description) =>
        new(name) { Description = description, HelpName = "STAGE=N", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };
}
