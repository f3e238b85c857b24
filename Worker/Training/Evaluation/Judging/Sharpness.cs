namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>How crisp and clean one picture is.</summary>
/// <param name="EdgeWidths">Width of the edge, 10 to 90 %, in pixels at 256 px, at each sampled point of the outlines.</param>
/// <param name="FlatDeviations">Standard deviation in levels inside each flat area: the background and each object away from edges.</param>
internal sealed record Sharpness(IReadOnlyList<double> EdgeWidths, IReadOnlyList<double> FlatDeviations);
