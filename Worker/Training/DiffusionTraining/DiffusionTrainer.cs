using System.Globalization;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>Trains one stage's U-Net on drawn scenes, with the text encoder frozen.</summary>
internal sealed class DiffusionTrainer(
    DiffusionRecipe recipe, T5Encoder encoder, string encoderSha256, T5Tokenizer tokenizer, NoiseSchedule noise, ulong seed)
{
    /// <summary>IF's context length: padding is part of what its networks see, so training pads as sampling does.</summary>
    public const int ContextLength = 77;

    /// <summary>Keeps timesteps and noise levels apart from the scenes, which come from the same seed.</summary>
    private const ulong TimestepStream = 0x7135;

    private readonly CaptionStates _states = new(encoder, tokenizer, ContextLength);

    /// <summary>Trains <paramref name="network"/>, in place, until done or stopped; it then holds the averaged parameters.</summary>
    /// <param name="network">Initialised here unless <paramref name="keepValues"/>.</param>
    /// <param name="keepValues">Start from the network's present values: to go on from a finished model.</param>
    /// <param name="folder">Folder of checkpoint and loss curve.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting after the present step; the checkpoint is written.</param>
    /// <returns>True when the recipe's samples are done.</returns>
    public bool Train(UNet2DCondition network, bool keepValues, string folder, Action<TrainingProgress>? report, CancellationToken stop)
    {
        using var generator = new Generator(seed);
        if (!keepValues) Initializer.InitializeUNet(network, generator);
        using var scenes = new SceneExamples(recipe, seed, tokenizer.Pieces);
        var loss = new DiffusionLoss(network, recipe, [.. Enumerable.Range(0, noise.Count).Select(noise.AlphaBar)]);
        var steps = recipe.Samples / recipe.BatchSize;
        var dtype = network.parameters().First().dtype;
        var options = new TrainingRunOptions
        {
            Folder = folder, Name = recipe.Name, BatchSize = recipe.BatchSize, TotalSteps = steps,
            LearningRate = new LearningRate(recipe.PeakLearningRate, Math.Min(500, steps / 10), steps, recipe.PeakLearningRate / 50),
            AverageDecay = recipe.AverageDecay,
            Fingerprint = Fingerprint(dtype),
        };
        return new TrainingRun(options, network, step => LossOf(step, scenes, loss)).Train(report, stop);
    }

    /// <summary>Only where there are blends: without them runs are what they were before blends were known.</summary>
    private string Blended => recipe.BlendedColours > 0 ? FormattableString.Invariant($" blended colours {recipe.BlendedColours};") : "";

    private string Fingerprint(ScalarType dtype) => string.Create(CultureInfo.InvariantCulture,
        $"{recipe.Name}; {recipe.World} world; side {recipe.Side}; channels {string.Join(',', recipe.Channels)}; batch {recipe.BatchSize}; seed {seed}; {dtype}; highest rate {recipe.PeakLearningRate}; mixed states {recipe.MixedStates}; hard captions {recipe.HardCaptions};{Blended} text encoder {encoderSha256}");

    private Tensor LossOf(long step, SceneExamples scenes, DiffusionLoss loss)
    {
        using var draws = new Generator(seed + (ulong)step * 7919);
        var batch = scenes.Make(step);
        var random = new Random(unchecked((int)new SceneRandom(seed ^ TimestepStream).Split((ulong)step).NextBits()));
        return loss.Of(batch, _states.Of(batch.Captions, batch.Looks, batch.Blends), draws, random);
    }
}
