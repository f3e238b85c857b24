namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>Something that stands out from the background.</summary>
/// <param name="Colour">The median colour of its inside.</param>
/// <param name="Core">Colours of the pixels well inside.</param>
/// <param name="Mask">The judged picture's pixels that it covers by half or more, [Side * Side].</param>
/// <param name="Area">Number of these pixels.</param>
/// <param name="CentreX">Centre of mass, in pixels; a pixel's own centre lies at a half.</param>
/// <param name="CentreY">As <paramref name="CentreX"/>, downwards.</param>
/// <param name="Box">Smallest rectangle around the mask, right and bottom exclusive.</param>
/// <param name="Pattern">Its two tones; null where it has one colour.</param>
internal sealed record Blob(
    Rgb Colour, IReadOnlyList<Rgb> Core, bool[] Mask, int Area, double CentreX, double CentreY, (int Left, int Top, int Right, int Bottom) Box, Pattern? Pattern);
