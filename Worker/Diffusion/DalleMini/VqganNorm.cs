using RenderFarm.Diffusion.Layers;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>The group normalisation that VQGAN has everywhere.</summary>
internal static class VqganNorm
{
    public const int Groups = 32;

    private const double Epsilon = 1e-6;

    public static GroupNorm Create(long channels, Placement placement) => new(Groups, channels, Epsilon, placement);
}
