using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.DeepFloyd;
using RenderFarm.Diffusion.StableDiffusion;
using RenderFarm.Diffusion.UnClip;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>The kinds of model that can be stages.</summary>
internal static class StageFamilies
{
    private static readonly IStageFamily[] All =
        [new IfFamily(), new IfSuperResolutionFamily(), new StableDiffusionFamily(), new StableDiffusionUpscaleFamily(), new DalleMiniFamily(), new UnClipFamily()];

    /// <summary>The family of a folder; null where there is no code for it.</summary>
    public static IStageFamily? Find(ModelIndex index) => All.FirstOrDefault(family => family.ClassName == index.ClassName);

    /// <exception cref="CascadeException">There is no code for such a folder.</exception>
    public static IStageFamily Of(ModelIndex index) => Find(index)
        ?? throw new CascadeException($"'{index.Folder}' is a {index.ClassName}; supported are {string.Join(", ", All.Select(family => family.ClassName))}.");
}
