namespace RenderFarm.Diffusion.Sampling;

internal sealed partial class SchedulerConfigReader
{
    private static readonly Dictionary<string, bool> UnClipClasses = new(StringComparer.Ordinal) { ["UnCLIPScheduler"] = true };

    private static readonly Dictionary<string, VarianceType> UnClipVariances = new(StringComparer.Ordinal)
    {
        ["fixed_small_log"] = VarianceType.FixedSmallLog, ["learned_range"] = VarianceType.LearnedRange,
    };

    private static readonly Dictionary<string, PredictionType> UnClipPredictions = new(StringComparer.Ordinal) { ["epsilon"] = PredictionType.Epsilon, ["sample"] = PredictionType.Sample };

    /// <summary>
    /// Reads a file of diffusers' UnCLIPScheduler: ancestral sampling on the cosine schedule, of which only the spreading of the steps is its own
    /// (<see cref="Timesteps.SpreadToEnds"/>).
    /// </summary>
    /// <exception cref="InvalidDataException">It is another scheduler's file, or asks for something there is no code for; the text names key and value.</exception>
    public SchedulerConfig ReadUnClip()
    {
        try
        {
            if (Choice("_class_name", UnClipClasses) is null) throw new InvalidDataException($"{_path} has no _class_name; expected is {string.Join(", ", UnClipClasses.Keys)}.");
            Choice("beta_schedule", new Dictionary<string, bool> { ["squaredcos_cap_v2"] = true });
            return Check(new SchedulerConfig
            {
                Kind = SamplerKind.Ddpm,
                TrainTimesteps = Whole("num_train_timesteps", 1000, 2, MostTimesteps),
                BetaSchedule = BetaSchedule.SquaredCosine,
                Prediction = Choice("prediction_type", UnClipPredictions) ?? PredictionType.Epsilon,
                Variance = Choice("variance_type", UnClipVariances) ?? VarianceType.FixedSmallLog,
                ClipSample = Flag("clip_sample", true),
                ClipRange = Number("clip_sample_range", 1),
                RoundsSteps = true,
            });
        }
        // Half of a surrogate pair, as an escape, surfaces when the string is taken out.
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException($"{_path}: a text is not valid Unicode ({error.Message})", error);
        }
    }
}
