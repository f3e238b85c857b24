using System.Text.RegularExpressions;
using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.Evaluation;

/// <summary>Says in words what is wrong with a picture.</summary>
internal static partial class Problems
{
    public static IReadOnlyList<string> Of(SceneVerdict verdict, Caption caption)
    {
        var problems = verdict.Objects.Where(item => !item.FullyRight).Select(Describe).ToList();
        problems.AddRange(verdict.Extras.Select(extra => $"not asked for: {Word(extra.Size)} {Word(extra.Fill)} {Word(extra.Colour)} {Word(extra.Shape)}, {Word(extra.Place)}"));
        if (!verdict.BackgroundRight)
            problems.Add($"background {Word(verdict.Background)} instead of {Word<Background>(caption.Scene.Background)}");
        return problems;
    }

    /// <summary>An attribute in lower case, "top left" for TopLeft; "unclear" when the judge found none.</summary>
    public static string Word<T>(T? value)
        where T : struct, Enum => value is null ? "unclear" : Capitals().Replace(value.Value.ToString(), " $0").TrimStart().ToLowerInvariant();

    private static string Describe(ObjectVerdict item)
    {
        var asked = item.Asked;
        var name = $"{Word<ObjectSize>(asked.Size)} {Word<Fill>(asked.Fill)} {Word<Colour>(asked.Colour)} {Word<Shape>(asked.Shape)}, {Word<Place>(asked.Place)}";
        if (item.Found is not { } found)
            return $"{name}: absent";
        var wrong = new List<string>();
        if (!item.ShapeRight)
            wrong.Add($"shape {Word(found.Shape)} (overlap {found.Overlap:0.00})");
        if (!item.ColourRight)
            wrong.Add($"colour {Word(found.Colour)}");
        if (!item.SizeRight)
            wrong.Add($"size {Word(found.Size)}");
        if (!item.PlaceRight)
            wrong.Add($"place {Word(found.Place)}");
        if (!item.FillRight)
            wrong.Add($"fill {Word(found.Fill)}");
        return $"{name}: {string.Join(", ", wrong)}";
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capitals();
}
