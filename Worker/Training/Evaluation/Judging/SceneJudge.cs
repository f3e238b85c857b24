using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>
/// Says by image analysis alone whether a picture shows what its caption says. Blobs are read first, in ignorance of the
/// caption; then they are given to the objects asked for so that as little as possible is wrong, the place counting most.
/// </summary>
internal static class SceneJudge
{
    // Costs of what is wrong. An object without a blob costs more than one with everything wrong.
    private const int PlaceCost = 4, ColourCost = 2, ShapeCost = 2, SizeCost = 1, FillCost = 1, AbsentCost = 11;

    /// <summary>Judges a picture of any side.</summary>
    public static SceneVerdict Judge(RgbPicture picture, Caption caption, World world) => Judge(Segmentation.Of(JudgedImage.From(picture)), caption, world);

    /// <summary>Judges a picture already divided.</summary>
    /// <param name="segmentation">The picture.</param>
    /// <param name="caption">What it has to show.</param>
    /// <param name="world">Of this world's shapes and colours every blob is the most similar one, or none.</param>
    public static SceneVerdict Judge(Segmentation segmentation, Caption caption, World world)
    {
        // The largest blobs may be objects; a picture of noise may have hundreds, and then the rest are extras unread.
        const int MostRead = 8;
        var blobs = segmentation.Blobs.OrderByDescending(blob => blob.Area).ToArray();
        var findings = blobs.Take(MostRead).Select(blob => Finding.Of(segmentation.Image, blob, world)).ToArray();
        var (_, verdicts) = Assign(caption, 0, findings, new bool[findings.Length]);
        var used = verdicts.Select(verdict => verdict.Found).OfType<Finding>().ToHashSet(ReferenceEqualityComparer.Instance);
        var unread = Enumerable.Repeat(new Finding(null, null, null, null, null, 0), blobs.Length - findings.Length);
        var background = ReferenceColours.NearestBackground(segmentation.Background);
        return new SceneVerdict(
            verdicts, [.. findings.Where(finding => !used.Contains(finding)), .. unread], background,
            !caption.SaysBackground || background == caption.Scene.Background);
    }

    /// <summary>The cheapest way to give findings to the objects from this one on.</summary>
    private static (int Cost, List<ObjectVerdict> Verdicts) Assign(Caption caption, int index, Finding[] findings, bool[] taken)
    {
        if (index == caption.Scene.Objects.Length)
            return (0, []);
        var best = Extend(null);
        for (var i = 0; i < findings.Length; i++)
        {
            if (taken[i])
                continue;
            taken[i] = true;
            var candidate = Extend(findings[i]);
            taken[i] = false;
            if (candidate.Cost < best.Cost)
                best = candidate;
        }

        return best;

        (int Cost, List<ObjectVerdict> Verdicts) Extend(Finding? finding)
        {
            var verdict = new ObjectVerdict(caption.Scene.Objects[index], finding, caption.SaysSize[index], caption.SaysPlaces);
            var (cost, verdicts) = Assign(caption, index + 1, findings, taken);
            return (cost + Cost(verdict), [verdict, .. verdicts]);
        }
    }

    private static int Cost(ObjectVerdict verdict) => !verdict.Present
        ? AbsentCost
        : (verdict.PlaceRight ? 0 : PlaceCost) + (verdict.ColourRight ? 0 : ColourCost)
            + (verdict.ShapeRight ? 0 : ShapeCost) + (verdict.SizeRight ? 0 : SizeCost) + (verdict.FillRight ? 0 : FillCost);
}
