using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;

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
        var scenes = Ask(plan).SelectMany(split => split).ToDictionary(asked => (asked.Prompt.Split, asked.Prompt.Number), asked => asked.Caption.Scene);
        using var painter = new ScenePainter();
        return Evaluate(
            plan, prompts => [.. prompts.Select(prompt => new RgbPicture(JudgedImage.Side, painter.Paint(scenes[(prompt.Split, prompt.Number)], JudgedImage.Side)))],
            progress, cancellationToken);
    }

    private static Asked[][] Ask(EvaluationPlan plan)
    {
        if (plan.Captions < 1 || plan.BatchSize < 1 || plan.Splits.Count == 0)
            throw new ArgumentException($"An evaluation needs captions, batches and splits of 1 or more, not {plan.Captions}, {plan.BatchSize} and {plan.Splits.Count}.", nameof(plan));
        using var painter = new ScenePainter();
        return [.. plan.Splits.Select(SplitOf).Distinct().Select(split =>
        {
            var sampler = new SceneSampler(split, most: plan.MostObjects, world: plan.World);
            var stream = new SceneRandom(plan.Seed).Split(EvaluationStream + (ulong)split);
            return Enumerable.Range(0, plan.Captions).Select(number => Ask(plan, split, number, sampler, stream.Split((ulong)number), painter)).ToArray();
        })];
    }

    private static Asked Ask(EvaluationPlan plan, SceneSplit split, int number, SceneSampler sampler, SceneRandom random, ScenePainter painter)
    {
        var edit = plan.Task switch
        {
            EvaluationTask.Captions => null,
            EvaluationTask.Variations => EditWriter.Keep(sampler.Draw(random)),
            _ => EditOf(EditWriter.Kinds[number % EditWriter.Kinds.Count], new EditWriter(split, plan.World), sampler, random),
        };
        var caption = edit is null ? CaptionWriter.Write(sampler.Draw(random), random, plan.LeaveOut) : CaptionWriter.Write(edit.After, random);
        var prompt = new EvaluationPrompt(split.ToString().ToLowerInvariant(), number, edit?.Instruction ?? caption.Text, random.Next(int.MaxValue));
        return new Asked(edit is null ? prompt : prompt with { Reference = new RgbPicture(JudgedImage.Side, painter.Paint(edit.Before, JudgedImage.Side)) }, caption, edit);
    }

    /// <summary>An edit of this kind, of the first scene that allows it.</summary>
    private static Edit EditOf(EditKind kind, EditWriter writer, SceneSampler sampler, SceneRandom random)
    {
        const int MostScenes = 1000;
        return Enumerable.Range(0, MostScenes).Select(_ => writer.Write(kind, sampler.Draw(random), random)).FirstOrDefault(edit => edit is not null)
            ?? throw new ArgumentException($"Of {MostScenes} scenes none allows an edit of the kind {kind}; ask for scenes of more objects.");
    }

    private static SceneSplit SplitOf(string name) => name switch
    {
        "seen" => SceneSplit.Seen,
        "unseen" => SceneSplit.Unseen,
        _ => throw new ArgumentException($"The split '{name}' is not known; known are seen and unseen.", nameof(name)),
    };

    private static void Judge(
        Asked[] asked, IReadOnlyList<RgbPicture> rendered, World world, SplitTally tally, List<JudgedPicture> pictures)
    {
        if (rendered.Count != asked.Length)
            throw new InvalidOperationException($"The renderer gave {rendered.Count} pictures for {asked.Length} prompts; it must give one each.");
        for (var i = 0; i < asked.Length; i++)
        {
            var (prompt, caption, edit) = asked[i];
            var segmentation = Segmentation.Of(JudgedImage.From(rendered[i]));
            var verdict = SceneJudge.Judge(segmentation, caption, world);
            tally.Add(prompt, caption, verdict, SharpnessMeter.Measure(segmentation));
            if (edit is not null && edit.Kind != EditKind.None) tally.Add(EditVerdict.Of(edit, verdict));
            pictures.Add(new JudgedPicture(prompt, rendered[i], Problems.Of(verdict, caption)));
        }
    }

    /// <summary>What is asked of the renderer.</summary>
    /// <param name="Prompt">What it is told.</param>
    /// <param name="Caption">What its picture is judged by.</param>
    /// <param name="Edit">What becomes of the reference; null where there is none.</param>
    private sealed record Asked(EvaluationPrompt Prompt, Caption Caption, Edit? Edit);
}
