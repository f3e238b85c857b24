using System.CommandLine;
using System.Globalization;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Output;
using RenderFarm.Training;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Progress;
using RenderFarm.Training.TextPretraining;

namespace RenderFarm.Cli.Training;

/// <summary><c>renderfarm train PART</c>: trains a part of the bundled cascade.</summary>
internal static class TrainCommand
{
    private static readonly TrainOptions Options = new();

    public static Command Create()
    {
        var train = new Command("train", "Train the bundled cascade: vocabulary, then text, then each stage. For reference pictures: image, then fusion, which needs text, too.");
        train.Add(Part("vocabulary", "The SentencePiece vocabulary of the captions' words.", Vocabulary));
        train.Add(Part("text", "The text encoder, on captions alone.", Text, TrainedPart.TextEncoder));
        train.Add(Part("image", "The image encoder, on pictures alone.", Image));
        train.Add(Part("fusion", "What makes one of words and a reference picture, with both encoders frozen. It works in float32.", Fusion));
        foreach (var recipe in DiffusionRecipe.All)
        {
            var pixels = recipe.LowSide is { } low ? $"{low} to {recipe.Side} px" : $"{recipe.Side} px from text";
            train.Add(Part(recipe.Name, $"The stage that draws {pixels}.", (trainer, choices, terminal, stop) => Stage(recipe, trainer, choices, terminal, stop), TrainedPart.Stage));
        }
        return train;
    }

    private static Command Part(string name, string description, Func<ModelTrainer, TrainChoices, Terminal, CancellationToken, bool> train, TrainedPart kind = TrainedPart.Other)
    {
        var command = new Command(name, description);
        Options.AddTo(command, kind);
        command.SetAction((parsed, cancellation) =>
        {
            var (choices, terminal) = (Options.Read(parsed), Terminal.Of(parsed));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (choices.Sitting is { } sitting) stop.CancelAfter(sitting);
            var run = WritableFolder.Open(choices.Run, "folder of the run", "--run");
            var model = WritableFolder.Open(choices.Model, "model folder", "--model");
            var finished = train(new ModelTrainer(model, run, choices.Seed, choices.Device, choices.Dtype), choices, terminal, stop.Token);
            terminal.WriteLine($"{name}: {(finished ? "finished" : "stopped; run the same command again to go on")}");
            return Task.FromResult(finished || !cancellation.IsCancellationRequested ? ExitCode.Success : ExitCode.Stopped); // a sitting's end is no failure
        });
        return command;
    }

    private static bool Vocabulary(ModelTrainer trainer, TrainChoices choices, Terminal terminal, CancellationToken stop)
    {
        if (choices.Samples is { } captions) trainer.TrainVocabulary(choices.World, captions);
        else trainer.TrainVocabulary(choices.World);
        return true;
    }

    private static bool Text(ModelTrainer trainer, TrainChoices choices, Terminal terminal, CancellationToken stop)
    {
        var recipe = new TextRecipe();
        recipe = recipe with { Samples = choices.Samples ?? recipe.Samples, PeakLearningRate = choices.Rate ?? recipe.PeakLearningRate, World = choices.World };
        if (choices.StatesOf is { } statesOf) return Distill(recipe, statesOf, trainer, terminal, stop);
        var (finished, accuracy) = trainer.TrainText(recipe, choices.Continue, progress => Report(progress, terminal), stop);
        terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"objects of unseen pairs named rightly: {accuracy.Usual:P2}; where three objects or more are told of after their places: {accuracy.PlaceFirst:P2}"));
        return finished;
    }

    private static bool Distill(TextRecipe recipe, string statesOf, ModelTrainer trainer, Terminal terminal, CancellationToken stop)
    {
        var (finished, entanglement) = trainer.DistillText(recipe, statesOf, progress => Report(progress, terminal), stop);
        terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"words of unseen pairs tell of each other by {entanglement:P2} of the states' mean square"));
        return finished;
    }

    private static bool Image(ModelTrainer trainer, TrainChoices choices, Terminal terminal, CancellationToken stop)
    {
        var recipe = new ImageRecipe();
        recipe = recipe with { Samples = choices.Samples ?? recipe.Samples, PeakLearningRate = choices.Rate ?? recipe.PeakLearningRate, World = choices.World };
        var (finished, accuracy) = trainer.TrainImage(recipe, choices.Continue, progress => Report(progress, terminal), stop);
        terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"questions about objects of unseen pairs answered rightly: {accuracy:P2}"));
        return finished;
    }

    private static bool Fusion(ModelTrainer trainer, TrainChoices choices, Terminal terminal, CancellationToken stop)
    {
        var recipe = new FusionRecipe();
        recipe = recipe with { Samples = choices.Samples ?? recipe.Samples, PeakLearningRate = choices.Rate ?? recipe.PeakLearningRate, World = choices.World };
        var (finished, accuracy) = trainer.TrainFusion(recipe, choices.Continue, progress => Report(progress, terminal), stop);
        terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"objects of unseen pairs said rightly: {accuracy:P2}"));
        return finished;
    }

    private static bool Stage(DiffusionRecipe recipe, ModelTrainer trainer, TrainChoices choices, Terminal terminal, CancellationToken stop)
    {
        recipe = recipe with
        {
            Samples = choices.Samples ?? recipe.Samples, PeakLearningRate = choices.Rate ?? recipe.PeakLearningRate, World = choices.World,
            MixedStates = choices.MixedStates ?? recipe.MixedStates, BlendedColours = choices.BlendedColours ?? recipe.BlendedColours, HardCaptions = choices.HardCaptions ?? recipe.HardCaptions,
            Focus = recipe.Focus.WithNoisyShare(choices.NoisyShare ?? recipe.Focus.NoisyShare),
        };
        return trainer.TrainStage(recipe, choices.Continue, progress => Report(progress, terminal), stop);
    }

    private static void Report(TrainingProgress p, Terminal terminal) => terminal.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"step {p.Step}/{p.TotalSteps}  samples {p.Samples}  {p.Samples / p.Seconds:F1}/s  loss {p.Loss:F5}  norm {p.GradientNorm:F2}  rate {p.LearningRate:G3}"));
}
