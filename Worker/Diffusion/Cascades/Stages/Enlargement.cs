using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>What a stage makes of the pictures of the one before, whatever their shape.</summary>
/// <param name="Factor">How many times as high and wide.</param>
/// <param name="SizeMultiple">Their height and width must be multiples of this.</param>
internal sealed record Enlargement(int Factor, int SizeMultiple)
{
    /// <exception cref="SettingsException">It cannot enlarge such a picture.</exception>
    public PictureSize Of(PictureSize small) => small.Width % SizeMultiple == 0 && small.Height % SizeMultiple == 0
        ? new(small.Width * Factor, small.Height * Factor)
        : throw new SettingsException($"With this start picture the stage before draws {small} pixels, but this one enlarges multiples of {SizeMultiple}. Cut the start picture to a square.");
}
