using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Edits;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>Whether a picture is the reference with the change that was asked for.</summary>
/// <param name="Kind">The kind of change.</param>
/// <param name="Changed">Whether what had to change did, as it was told.</param>
/// <param name="Kept">Whether everything else is as it was: other objects, the other attributes of a changed one, the background, and nothing new.</param>
internal sealed record EditVerdict(EditKind Kind, bool Changed, bool Kept)
{
    /// <param name="edit">What was asked.</param>
    /// <param name="verdict">On the scene that was wanted.</param>
    public static EditVerdict Of(Edit edit, SceneVerdict verdict)
    {
        var changed = verdict.Objects.Where(item => !edit.Before.Objects.Contains(item.Asked)).ToArray();
        var others = verdict.Objects.Except(changed).All(item => item.FullyRight);
        var nothingNew = verdict.Extras.Count == 0;
        return edit.Kind switch
        {
            EditKind.Background => new(edit.Kind, verdict.BackgroundRight, others && nothingNew),
            EditKind.Add => new(edit.Kind, changed.All(item => item.FullyRight), others && nothingNew && verdict.BackgroundRight),
            EditKind.Remove => OfRemoval(edit, verdict, others),
            _ => new(
                edit.Kind, changed.All(item => IsAsAsked(item, edit.Kind)),
                others && nothingNew && verdict.BackgroundRight && changed.All(item => Attributes.Where(kind => kind != edit.Kind).All(kind => IsAsAsked(item, kind)) && item.PlaceRight && item.FillRight)),
        };
    }

    private static readonly EditKind[] Attributes = [EditKind.Colour, EditKind.Size, EditKind.Shape];

    private static bool IsAsAsked(ObjectVerdict item, EditKind attribute) => attribute switch
    {
        EditKind.Colour => item.ColourRight,
        EditKind.Size => item.SizeRight,
        _ => item.ShapeRight,
    };

    /// <summary>What still stands where the object was, or nobody knows where, is the object.</summary>
    private static EditVerdict OfRemoval(Edit edit, SceneVerdict verdict, bool others)
    {
        var removed = edit.Before.Objects.Single(item => !edit.After.Objects.Contains(item)).Place;
        var left = verdict.Extras.Where(extra => extra.Place is null || extra.Place == removed).ToArray();
        return new(edit.Kind, left.Length == 0, others && verdict.BackgroundRight && left.Length == verdict.Extras.Count);
    }
}
