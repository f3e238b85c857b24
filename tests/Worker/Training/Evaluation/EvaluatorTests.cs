using System.Text.Json;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Testing;
using RenderFarm.Training.Evaluation;
using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using Xunit;

namespace RenderFarm.Training.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly EvaluationPlan Plan = new() { Captions = 40, Seed = 5, BatchSize = 7 };

    [Fact]
    public void EvaluateTruth_AnyPlan_IsRightInEverything()
    {
        var report = Truth(Plan with { LeaveOut = 0.2 }).Report;
        Assert.Equal(["seen", "unseen"], report.Splits.Select(split => split.Name));
        foreach (var split in report.Splits)
        {
            Assert.All([.. split.Attributes, .. split.ByShape, .. split.ByColour, split.ObjectsRight, split.Backgrounds, split.PicturesRight],
                rate => Assert.Equal(rate.Asked, rate.Right));
            Assert.Equal(40, split.PicturesRight.Asked);
            Assert.Empty(split.Failures);
            Assert.Empty(split.Confusions);
            Assert.Equal(0, split.Extras);
            Assert.InRange(split.Sharpness.EdgeWidthMedian!.Value, 0.5, 1.5);
            Assert.InRange(split.Sharpness.FlatDeviationWorst!.Value, 0, 0.01);
        }
    }

    /// <summary>Figures are compared over years, so equal plans must go on asking for the same.</summary>
    [Fact]
    public void Evaluate_SeedOne_AsksWhatItAlwaysAsked()
    {
        var asked = new List<EvaluationPrompt>();
        Evaluator.Evaluate(new EvaluationPlan { Captions = 18, Seed = 1, Splits = ["seen"] }, prompts =>
        {
            asked.AddRange(prompts);
            return [.. prompts.Select(_ => new RgbPicture(JudgedImage.Side, new byte[JudgedImage.Side * JudgedImage.Side * 3]))];
        }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("in the upper right a big yellow circle, in the bottom left corner one small violet ring and on the bottom right a big orange heart with a white background", asked[8].Prompt);
        Assert.Equal("on the bottom left a large red triangle, in the top right corner of the picture a plus sign that is large and yellow, in the lower right corner a crescent moon that is little and blue on a white background", asked[15].Prompt);
        Assert.Equal("in the lower left corner one huge orange star, top right a large orange crescent moon and in the upper left a tiny purple ring over a black background", asked[17].Prompt);
    }

    [Fact]
    public void EvaluateTruth_WideWorld_IsRightInRelationsAndNumbers()
    {
        var report = Truth(Plan with { World = World.Wide }).Report;
        foreach (var split in report.Splits)
        {
            Assert.Equal(["beside", "above", "between", "number"], split.ByArrangement.Select(rate => rate.Name));
            Assert.All([.. split.Attributes, .. split.ByArrangement, split.PicturesRight], rate => Assert.Equal(rate.Asked, rate.Right));
        }

        Assert.Contains("relations and numbers right", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"world\": \"wide\"", report.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EvaluationTask.Variations)]
    [InlineData(EvaluationTask.Edits)]
    public void EvaluateTruth_FromReferences_IsRightInEverything(EvaluationTask task)
    {
        var result = Truth(Plan with { Task = task });

        Assert.All(result.Pictures, picture => Assert.NotNull(picture.Prompt.Reference));
        foreach (var split in result.Report.Splits)
        {
            Assert.All([split.ObjectsRight, split.PicturesRight, .. split.Changed, .. split.Kept], rate => Assert.Equal(rate.Asked, rate.Right));
            Assert.Equal(task == EvaluationTask.Edits ? 7 : 0, split.Changed.Count);
        }
    }

    [Fact]
    public void Evaluate_ReferencesThemselves_KeepEverythingAndChangeNothing()
    {
        var split = Evaluate(Plan with { Task = EvaluationTask.Edits, Splits = ["seen"] }, prompts => [.. prompts.Select(prompt => prompt.Reference!)]).Report.Splits[0];

        Assert.Equal((0, 40), (split.Changed[0].Right, split.Changed[0].Asked));
        Assert.Equal((40, 40), (split.Kept[0].Right, split.Kept[0].Asked));
    }

    [Fact]
    public void Evaluate_ObjectsInEachOthersPlaces_IsWrongInRelations()
    {
        var plan = Plan with { World = World.Wide, Splits = ["seen"], Captions = 40 };
        var truth = Truth(plan).Pictures;
        var mirrored = Evaluate(plan, prompts => [.. prompts.Select(prompt => Mirrored(truth[prompt.Number].Picture))]);
        var beside = mirrored.Report.Splits[0].ByArrangement.Single(rate => rate.Name == "beside");
        Assert.True(beside.Asked > 0);
        Assert.Equal(0, beside.Right);
    }

    [Fact]
    public void Evaluate_EmptyPictures_IsWrongInEveryObject()
    {
        var result = Evaluate(Plan, prompts => [.. prompts.Select(_ => White())]);
        foreach (var split in result.Report.Splits)
        {
            Assert.Equal(0, split.ObjectsRight.Right);
            Assert.InRange(split.ObjectsRight.Asked, 40, 120);
            Assert.Equal(40, split.Failures.Count);
            Assert.Equal(split.ObjectsRight.Asked, split.Confusions.Sum(confusion => confusion.Count));
            Assert.All(split.Confusions, confusion => Assert.Equal("absent", confusion.Found));
            Assert.Null(split.Sharpness.EdgeWidthMedian);
        }
    }

    [Fact]
    public void Evaluate_SomebodyElsesPictures_NamesWhatIsWrong()
    {
        var others = Truth(Plan with { Seed = 6 }).Pictures.Select(judged => judged.Picture).ToArray();
        var next = 0;
        var result = Evaluate(Plan, prompts => [.. prompts.Select(_ => others[next++])]);
        Assert.All(result.Report.Splits, split => Assert.True(split.PicturesRight.Share < 0.1));
        Assert.All(result.Report.Splits.SelectMany(split => split.Failures), failure => Assert.NotEmpty(failure.Problems));
        Assert.Contains("absent", result.Report.ToString(), StringComparison.Ordinal);
        Assert.Contains("not asked for:", result.Report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_SamePlan_AsksTheSamePromptsInBatchesOfTheAskedSize()
    {
        var (first, again) = (new List<EvaluationPrompt>(), new List<EvaluationPrompt>());
        foreach (var asked in new[] { first, again })
        {
            Evaluate(Plan, prompts =>
            {
                Assert.InRange(prompts.Count, 1, 7);
                asked.AddRange(prompts);
                return [.. prompts.Select(_ => White())];
            });
        }

        Assert.Equal(80, first.Count);
        Assert.Equal(first, again);
        Assert.Equal(80, first.Select(prompt => prompt.Seed).Distinct().Count());
    }

    [Fact]
    public void Evaluate_Progress_CountsPicturesToTheTotal()
    {
        var told = new List<(int Done, int All)>();
        Truth(Plan, (done, all) => told.Add((done, all)));
        Assert.Equal((80, 80), told[^1]);
        Assert.Equal(told.Order(), told);
    }

    [Fact]
    public void Evaluate_Cancelled_StopsBeforeTheNextBatch()
    {
        using var stop = new CancellationTokenSource();
        var batches = 0;
        Assert.Throws<OperationCanceledException>(() => Evaluator.Evaluate(Plan, prompts =>
        {
            batches++;
            stop.Cancel();
            return [.. prompts.Select(_ => White())];
        }, cancellationToken: stop.Token));
        Assert.Equal(1, batches);
    }

    [Fact]
    public void Evaluate_TooFewPictures_SaysSo()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Evaluate(Plan, _ => [White()]));
        Assert.Contains("1 pictures for 7 prompts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToJson_AReport_HoldsItsFigures()
    {
        using var json = JsonDocument.Parse(Truth(Plan).Report.ToJson());
        var split = json.RootElement.GetProperty("splits")[1];
        Assert.Equal("unseen", split.GetProperty("name").GetString());
        Assert.Equal(1, split.GetProperty("objectsRight").GetProperty("share").GetDouble());
        Assert.Equal(40, json.RootElement.GetProperty("plan").GetProperty("captions").GetInt32());
    }

    [Fact]
    public void ToJsonAndToString_ReportOfAModel_NameWeightsSettingsAndVersion()
    {
        var model = new EvaluatedModel("shapes", new string('a', 64), [new StageProvenance("stage2", "ddpm", 8, null, 1.5, 10, "bfloat16") { Eta = null, SchedulerSha256 = "5c" }]);
        var report = Truth(Plan with { Captions = 1, MostObjects = 2 }).Report with { Model = model };

        using var json = JsonDocument.Parse(report.ToJson());
        var stage = json.RootElement.GetProperty("model").GetProperty("stages")[0];
        Assert.Equal(("stage2", 8, 10), (stage.GetProperty("key").GetString(), stage.GetProperty("steps").GetInt32(), stage.GetProperty("noiseLevel").GetInt32()));
        Assert.Equal(["version", "model", "plan", "splits"], json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.StartsWith(
            $"shapes, weights {model.WeightsSha256}\n    stage2: sampler=ddpm steps=8 guidance=1.5 dtype=bfloat16 noise_level=10 scheduler_sha256=5c\n1 captions a split, first world, most objects 2, seed 5; RenderFarm {report.Version}\n",
            report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OlderReports_AreReplacedWhole()
    {
        using var folder = new TemporaryFolder();
        var result = Truth(Plan with { Captions = 1 });
        WholeFile.DemandReplaced(folder.Path, EvaluationResult.Files, () => result.Save(folder.Path));
    }

    private static EvaluationResult Truth(EvaluationPlan plan, Action<int, int>? progress = null) =>
        Evaluator.EvaluateTruth(plan, progress, TestContext.Current.CancellationToken);

    private static EvaluationResult Evaluate(EvaluationPlan plan, Func<IReadOnlyList<EvaluationPrompt>, IReadOnlyList<RgbPicture>> render) =>
        Evaluator.Evaluate(plan, render, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Left and right exchanged.</summary>
    private static RgbPicture Mirrored(RgbPicture picture) => new(256,
        [.. Enumerable.Range(0, 256 * 256 * 3).Select(i => picture.Pixels[(i / 768 * 768) + ((255 - (i % 768 / 3)) * 3) + (i % 3)])]);

    private static RgbPicture White() => new(256, [.. Enumerable.Repeat(byte.MaxValue, 256 * 256 * 3)]);
}
