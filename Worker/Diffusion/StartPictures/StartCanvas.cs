using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Diffusion.StartPictures;

/// <summary>
/// What size a stage draws over a picture (diffusers' IF pipelines, resize): the shorter side is the stage's own, and the longer one as near to the picture's shape as multiples
/// of 8 come, or of more where the network takes no others.
/// </summary>
/// <param name="Side">Height and width of the stage's pictures.</param>
/// <param name="SizeMultiple">Of what the network takes multiples; <paramref name="Side"/> is one.</param>
internal sealed record StartCanvas(int Side, int SizeMultiple)
{
    private const int UsualMultiple = 8;

    public PictureSize Of(PictureSize start)
    {
        var step = Side % UsualMultiple == 0 ? Math.Max(UsualMultiple, SizeMultiple) : SizeMultiple;
        var shape = start.Width / (double)start.Height;
        // Halves to even numbers, as Python rounds.
        return shape >= 1 ? new((int)Math.Round(Side / (double)step * shape) * step, Side) : new(Side, (int)Math.Round(Side / (double)step / shape) * step);
    }
}
