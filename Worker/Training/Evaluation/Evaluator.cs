using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation;

/// <summary>Has captions rendered and measures whether the pictures show what the captions say.</summary>
public static class Evaluator
{
    /// <summary>Keeps the captions of evaluations apart from training's, which draw from their seed directly.</summary>
    private const ulong EvaluationStream = 0xE7A1;

    /// <summary>Evaluates a renderer.</summary>
    /// <param name="plan">What to measure.</param>
    /// <param name="render">Gives one picture a prompt, in their order; at most <see cref="EvaluationPlan.BatchSize"/> are asked for at once.</param>
    /// <param name="progress">Told how many pictures are done, of how many.</param>
    /// <param name="cancellationToken">Checked before each batch.</param>
    /// <exception cref="ArgumentException">The plan asks for nothing or for scenes that cannot be drawn.</exception>
    /// <exception cref="InvalidOperationException">The renderer gave more or fewer pictures than prompts.</exception>
    public static EvaluationResult Evaluate(
        EvaluationPlan plan,
        Func<IReadOnlyList<EvaluationPrompt>, IReadOnlyList<RgbPicture>> render,
        Action<int, int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(render);
        var splits = Ask(plan);
        var pictures = new List<JudgedPicture>();
        var reports = new List<SplitReport>();
        foreach (var split in splits)
        {
            var tally = new SplitTally(split[0].Prompt.Split);
            foreach (var batch in split.Chunk(plan.BatchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Judge(batch, render([.. batch.Select(asked => asked.Prompt)]), plan.World, tally, pictures);
                progress?.Invoke(pictures.Count, splits.Sum(all => all.Length));
            }

            reports.Add(tally.Report());
        }

        return new EvaluationResult(new EvaluationReport(plan, reports), pictures);
    }

    /// <summary>
    /// Evaluates the measure itself: true pictures, drawn from the scenes that the captions tell of. Anything but 100 % is an error
    /// of the measure and not of a cascade.
    /// </summary>
    public static EvaluationResult EvaluateTruth(EvaluationPlan plan, Action<int, int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var scenes = Ask(plan).SelectMany(split => split).ToDictionary(asked => asked.Prompt, asked => asked.Caption.Scene);
        using var painter = new ScenePainter();
        return Evaluate(
            plan, prompts => [.. prompts.Select(prompt => new RgbPicture(JudgedImage.Side, painter.Paint(scenes[prompt], JudgedImage.Side)))],
            progress, cancellationToken);
    }

    private static (EvaluationPrompt Prompt, Caption Caption)[][] Ask(EvaluationPlan plan)
    {
        if (plan.Captions < 1 || plan.BatchSize < 1 || plan.Splits.Count == 0)
            throw new ArgumentException($"An evaluation needs captions, batches and splits of 1 or more, not {plan.Captions}, {plan.BatchSize} and {plan.Splits.Count}.", nameof(plan));
        return [.. plan.Splits.Select(SplitOf).Distinct().Select(split =>
        {
            var sampler = new SceneSampler(split, most: plan.MostObjects, world: plan.World);
            var stream = new SceneRandom(plan.Seed).Split(EvaluationStream + (ulong)split);
            return Enumerable.Range(0, plan.Captions).Select(number =>
            {
                var random = stream.Split((ulong)number);
                var caption = CaptionWriter.Write(sampler.Draw(random), random, plan.LeaveOut);
                return (new EvaluationPrompt(split.ToString().ToLowerInvariant(), number, caption.Text, random.Next(int.MaxValue)), caption);
            }).ToArray();
        })];
    }

    private static SceneSplit SplitOf(string name) => name switch
    {
        "seen" => SceneSplit.Seen,
        "unseen" => SceneSplit.Unseen,
        _ => throw new ArgumentException($"The split '{name}' is not known; known are seen and unseen.", nameof(name)),
    };

    private static void Judge(
        (EvaluationPrompt Prompt, Caption Caption)[] asked, IReadOnlyList<RgbPicture> rendered, World world, SplitTally tally, List<JudgedPicture> pictures)
    {
        if (rendered.Count != asked.Length)
            throw new InvalidOperationException($"The renderer gave {rendered.Count} pictures for {asked.Length} prompts; it must give one each.");
        for (var i = 0; i < asked.Length; i++)
        {
            var (prompt, caption) = asked[i];
            var segmentation = Segmentation.Of(JudgedImage.From(rendered[i]));
            var verdict = SceneJudge.Judge(segmentation, caption, world);
            tally.Add(prompt, caption, verdict, SharpnessMeter.Measure(segmentation));
            pictures.Add(new JudgedPicture(prompt, rendered[i], Problems.Of(verdict, caption)));
        }
    }
}
