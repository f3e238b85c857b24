using System.CommandLine;
using System.Globalization;
using RenderFarm.Training;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Progress;
using RenderFarm.Training.TextPretraining;
using Spectre.Console;
using static TorchSharp.torch;

namespace RenderFarm.Cli.Training;

/// <summary><c>renderfarm train PART</c>: trains a part of the bundled cascade.</summary>
internal static class TrainCommand
{
    private static readonly Option<DirectoryInfo> Model = new("--model") { Description = "Model folder to fill.", Required = true };
    private static readonly Option<DirectoryInfo> Run = new("--run") { Description = "Folder of checkpoints and loss curves; a run found there is resumed.", Required = true };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of every random choice.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Device = new("--device") { Description = "cpu or cuda:N.", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<ScalarType> Dtype = new("--dtype") { Description = "BFloat16 (with float32 master weights) or Float32.", DefaultValueFactory = _ => ScalarType.BFloat16 };
    private static readonly Option<long?> Samples = new("--samples") { Description = "Examples in the whole run; the recipe's own number by default." };
    private static readonly Option<double?> Rate = new("--rate") { Description = "Highest learning rate; the recipe's own by default. Lower it to train finished weights further." };
    private static readonly Option<double?> SingleObjects = new("--single-objects") { Description = "Share of the run, from its beginning, whose scenes have one object; the recipe's own by default. Stages only." };
    private static readonly Option<double?> Minutes = new("--minutes") { Description = "End this sitting after so long; run the command again to go on." };
    private static readonly Option<bool> Continue = new("--continue") { Description = "Begin with the weights in the model folder where there is no checkpoint." };

    public static Command Create()
    {
        var train = new Command("train", "Train the bundled cascade: vocabulary, then text, then each stage.");
        train.Add(Part("vocabulary", "The SentencePiece vocabulary of the captions' words.", Vocabulary));
        train.Add(Part("text", "The text encoder, on captions alone.", Text));
        foreach (var recipe in DiffusionRecipe.All)
        {
            var pixels = recipe.LowSide is { } low ? $"{low} to {recipe.Side} px" : $"{recipe.Side} px from text";
            train.Add(Part(recipe.Name, $"The stage that draws {pixels}.", (trainer, parsed, stop) => Stage(recipe, trainer, parsed, stop)));
        }
        return train;
    }

    private static Command Part(string name, string description, Func<ModelTrainer, ParseResult, CancellationToken, bool> train)
    {
        var command = new Command(name, description) { Model, Run, Seed, Device, Dtype, Samples, Rate, SingleObjects, Minutes, Continue };
        command.SetAction((parsed, cancellation) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(Minutes) is { } minutes) stop.CancelAfter(TimeSpan.FromMinutes(minutes));
            var trainer = new ModelTrainer(
                parsed.GetValue(Model)!.FullName, parsed.GetValue(Run)!.FullName, parsed.GetValue(Seed), new Device(parsed.GetValue(Device)!), parsed.GetValue(Dtype));
            var finished = train(trainer, parsed, stop.Token);
            AnsiConsole.MarkupLineInterpolated($"{name}: {(finished ? "finished" : "stopped; run the same command again to go on")}");
            return Task.FromResult(0);
        });
        return command;
    }

    private static bool Vocabulary(ModelTrainer trainer, ParseResult parsed, CancellationToken stop)
    {
        trainer.TrainVocabulary();
        return true;
    }

    private static bool Text(ModelTrainer trainer, ParseResult parsed, CancellationToken stop)
    {
        var recipe = new TextRecipe();
        if (parsed.GetValue(Samples) is { } samples) recipe = recipe with { Samples = samples };
        if (parsed.GetValue(Rate) is { } rate) recipe = recipe with { PeakLearningRate = rate };
        var (finished, accuracy) = trainer.TrainText(recipe, parsed.GetValue(Continue), Report, stop);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"questions about unseen pairs answered rightly: {accuracy:P2}"));
        return finished;
    }

    private static bool Stage(DiffusionRecipe recipe, ModelTrainer trainer, ParseResult parsed, CancellationToken stop)
    {
        if (parsed.GetValue(Samples) is { } samples) recipe = recipe with { Samples = samples };
        if (parsed.GetValue(Rate) is { } rate) recipe = recipe with { PeakLearningRate = rate };
        if (parsed.GetValue(SingleObjects) is { } share) recipe = recipe with { SingleObjectShare = share };
        return trainer.TrainStage(recipe, parsed.GetValue(Continue), Report, stop);
    }

    private static void Report(TrainingProgress p) => AnsiConsole.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"step {p.Step}/{p.TotalSteps}  samples {p.Samples}  {p.Samples / p.Seconds:F1}/s  loss {p.Loss:F5}  norm {p.GradientNorm:F2}  rate {p.LearningRate:G3}"));
}
