using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;

namespace RenderFarm.Training.Evaluation;

/// <summary>Collects the verdicts of one split and sums them up.</summary>
internal sealed class SplitTally(string name)
{
    private readonly List<(EvaluationPrompt Prompt, Caption Caption, SceneVerdict Verdict, Sharpness Sharpness)> _pictures = [];

    private readonly List<EditVerdict> _edits = [];

    private IEnumerable<ObjectVerdict> Objects => _pictures.SelectMany(picture => picture.Verdict.Objects);

    public void Add(EvaluationPrompt prompt, Caption caption, SceneVerdict verdict, Sharpness sharpness) =>
        _pictures.Add((prompt, caption, verdict, sharpness));

    public void Add(EditVerdict edit) => _edits.Add(edit);

    public SplitReport Report() => new()
    {
        Name = name,
        Attributes =
        [
            Count("present", Objects, item => item.Present),
            Count("place", Objects.Where(item => item.AsksPlace), item => item.PlaceRight),
            Count("size", Objects.Where(item => item.AsksSize), item => item.SizeRight),
            Count("colour", Objects, item => item.ColourRight),
            Count("shape", Objects, item => item.ShapeRight),
            Count("fill", Objects, item => item.FillRight),
        ],
        ByArrangement = ByArrangement(),
        Changed = OfEdits(edit => edit.Changed),
        Kept = OfEdits(edit => edit.Kept),
        ObjectsRight = Count("objects fully right", Objects, item => item.FullyRight),
        Backgrounds = Count("background", _pictures.Where(picture => picture.Caption.SaysBackground), picture => picture.Verdict.BackgroundRight),
        PicturesRight = Count("pictures fully right", _pictures, picture => picture.Verdict.FullyRight),
        Extras = _pictures.Sum(picture => picture.Verdict.Extras.Count),
        ByShape = [.. Objects.GroupBy(item => item.Asked.Shape).OrderBy(group => group.Key).Select(group => Count(Problems.Word<Shape>(group.Key), group, item => item.FullyRight))],
        ByColour = [.. Objects.GroupBy(item => item.Asked.Colour).OrderBy(group => group.Key).Select(group => Count(Problems.Word<Colour>(group.Key), group, item => item.FullyRight))],
        Confusions = Confusions(),
        Sharpness = SharpnessReport.Of([.. _pictures.Select(picture => picture.Sharpness)]),
        Failures =
        [
            .. _pictures.Where(picture => !picture.Verdict.FullyRight).Select(picture =>
                new Failure(picture.Prompt.Number, picture.Prompt.Prompt, picture.Prompt.Seed, Problems.Of(picture.Verdict, picture.Caption))),
        ],
    };

    private List<Rate> OfEdits(Func<EditVerdict, bool> right) => _edits.Count == 0 ? [] :
    [
        Count("all edits", _edits, right),
        .. _edits.GroupBy(edit => edit.Kind).OrderBy(group => group.Key).Select(group => Count(Problems.Word<EditKind>(group.Key), group, right)),
    ];

    private static Rate Count<T>(string what, IEnumerable<T> asked, Func<T, bool> right)
    {
        var all = asked.ToArray();
        return new Rate(what, all.Count(right), all.Length);
    }

    /// <summary>Relations hold where every object of them stands in its place; a number is right where so many objects are there and nothing else.</summary>
    private List<Rate> ByArrangement() =>
        [.. _pictures.GroupBy(picture => picture.Caption.Scene.Arrangement).Where(group => group.Key != Arrangement.Places).OrderBy(group => group.Key)
            .Select(group => Count(Problems.Word<Arrangement>(group.Key), group, picture => Holds(group.Key, picture.Verdict)))];

    private static bool Holds(Arrangement arrangement, SceneVerdict verdict) => arrangement == Arrangement.Number
        ? verdict.Extras.Count == 0 && verdict.Objects.All(item => item.Present)
        : verdict.Objects.All(item => item.PlaceRight && item.ShapeRight && item.ColourRight);

    private List<Confusion> Confusions()
    {
        var shapes = Objects.Where(item => !item.ShapeRight)
            .Select(item => (Asked: Problems.Word<Shape>(item.Asked.Shape), Found: item.Present ? Problems.Word(item.Found!.Shape) : "absent"));
        var colours = Objects.Where(item => item.Present && !item.ColourRight)
            .Select(item => (Asked: Problems.Word<Colour>(item.Asked.Colour), Found: Problems.Word(item.Found!.Colour)));
        return [.. shapes.Concat(colours).CountBy(pair => pair).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key)
            .Select(pair => new Confusion(pair.Key.Asked, pair.Key.Found, pair.Value))];
    }
}
