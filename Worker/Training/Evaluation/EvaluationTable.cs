using System.Globalization;
using System.Text;

namespace RenderFarm.Training.Evaluation;

/// <summary>Prints a report as a table of plain text.</summary>
internal static class EvaluationTable
{
    private const int MostConfusions = 8;
    private const int MostFailures = 10;

    public static string Render(EvaluationReport report)
    {
        var text = new StringBuilder();
        Origin(text, report);
        Row(text, string.Empty, report.Splits, split => split.Name);
        for (var i = 0; i < report.Splits[0].Attributes.Count; i++)
            Row(text, report.Splits[0].Attributes[i].Name, report.Splits, split => Show(split.Attributes[i]));
        Row(text, "objects fully right", report.Splits, split => Show(split.ObjectsRight));
        Row(text, "background", report.Splits, split => Show(split.Backgrounds));
        Row(text, "pictures fully right", report.Splits, split => Show(split.PicturesRight));
        Row(text, "not asked for", report.Splits, split => split.Extras.ToString(CultureInfo.InvariantCulture));
        Row(text, "edge width, px", report.Splits, split => $"{Show(split.Sharpness.EdgeWidthMedian)} median, {Show(split.Sharpness.EdgeWidth95)} 95th");
        Row(text, "flat deviation, levels", report.Splits, split => $"{Show(split.Sharpness.FlatDeviationMedian)} median, {Show(split.Sharpness.FlatDeviationWorst)} worst");
        if (report.Splits.Any(split => split.ByArrangement.Count > 0))
            Breakdown(text, "relations and numbers right", report.Splits, split => split.ByArrangement);
        if (report.Plan.Task == EvaluationTask.Edits)
        {
            Breakdown(text, "asked change right", report.Splits, split => split.Changed);
            Breakdown(text, "everything else kept", report.Splits, split => split.Kept);
        }
        Breakdown(text, "objects fully right, by shape", report.Splits, split => split.ByShape);
        Breakdown(text, "objects fully right, by colour", report.Splits, split => split.ByColour);
        foreach (var split in report.Splits)
            Details(text, split);
        return text.ToString();
    }

    private static void Origin(StringBuilder text, EvaluationReport report)
    {
        if (report.Model is { } model) text.Append(CultureInfo.InvariantCulture, $"{model.Name}, weights {model.WeightsSha256}\n");
        foreach (var stage in report.Model?.Stages ?? []) text.Append(CultureInfo.InvariantCulture, $"    {stage.Key}: {stage}\n");
        var plan = report.Plan;
        text.Append(CultureInfo.InvariantCulture, $"{plan.Captions} {plan.Task.ToString().ToLowerInvariant()} a split, {plan.World.ToString().ToLowerInvariant()} world, most objects {plan.MostObjects ?? EvaluationPlan.LargestScene(plan.World)}, seed {plan.Seed}; RenderFarm {report.Version}\n\n");
    }

    private static void Breakdown(StringBuilder text, string title, IReadOnlyList<SplitReport> splits, Func<SplitReport, IReadOnlyList<Rate>> rates)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{title}\n");
        foreach (var name in splits.SelectMany(rates).Select(rate => rate.Name).Distinct())
            Row(text, name, splits, split => rates(split).FirstOrDefault(rate => rate.Name == name) is { } rate ? Show(rate) : "-");
    }

    private static void Details(StringBuilder text, SplitReport split)
    {
        if (split.Confusions.Count > 0)
        {
            var shown = split.Confusions.Take(MostConfusions).Select(c => $"{c.Asked} as {c.Found} {c.Count}x");
            text.Append(CultureInfo.InvariantCulture, $"\n{split.Name}, taken for another: {string.Join(", ", shown)}\n");
        }

        foreach (var failure in split.Failures.Take(MostFailures))
            text.Append(CultureInfo.InvariantCulture, $"\n{split.Name} {failure.Number}: {failure.Prompt}\n    {string.Join("\n    ", failure.Problems)}\n");
        if (split.Failures.Count > MostFailures)
            text.Append(CultureInfo.InvariantCulture, $"\n{split.Name}: {split.Failures.Count - MostFailures} more failures\n");
    }

    private static void Row(StringBuilder text, string name, IReadOnlyList<SplitReport> splits, Func<SplitReport, string> cell)
    {
        text.Append(CultureInfo.InvariantCulture, $"{name,-24}");
        foreach (var split in splits)
            text.Append(CultureInfo.InvariantCulture, $"{cell(split),-30}");
        while (text[^1] == ' ')
            text.Length--;
        text.Append('\n');
    }

    private static string Show(Rate rate) => string.Create(CultureInfo.InvariantCulture, $"{100 * rate.Share:0.0} % ({rate.Right} of {rate.Asked})");

    private static string Show(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
