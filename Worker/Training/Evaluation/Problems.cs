using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation;

/// <summary>Says in words what is wrong with a picture.</summary>
internal static class Problems
{
    public static IReadOnlyList<string> Of(SceneVerdict verdict, Caption caption)
    {
        var problems = verdict.Objects.Where(item => !item.FullyRight).Select(Describe).ToList();
        problems.AddRange(verdict.Extras.Select(extra => $"not asked for: {Word(extra.Size)} {Word(extra.Colour)} {Word(extra.Shape)}, {Word(extra.Place)}"));
        if (!verdict.BackgroundRight)
            problems.Add($"background {Word(verdict.Background)} instead of {Word<Background>(caption.Scene.Background)}");
        return problems;
    }

    /// <summary>An attribute in lower case; "unclear" when the judge found none.</summary>
    public static string Word<T>(T? value)
        where T : struct, Enum => value?.ToString().ToLowerInvariant() ?? "unclear";

    private static string Describe(ObjectVerdict item)
    {
        var asked = item.Asked;
        var name = $"{Word<ObjectSize>(asked.Size)} {Word<Colour>(asked.Colour)} {Word<Shape>(asked.Shape)}, {Word<Place>(asked.Place)}";
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
        return $"{name}: {string.Join(", ", wrong)}";
    }
}
