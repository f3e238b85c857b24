using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>The way of features through a U-Net's levels: down, through the middle, and up beside what the way down left.</summary>
internal static class LevelPasses
{
    /// <param name="down">From the picture's resolution on.</param>
    /// <param name="middle">At the lowest resolution.</param>
    /// <param name="up">From the lowest resolution on.</param>
    /// <param name="input">of the first convolution [B, C, H, W]; disposed on the way</param>
    /// <param name="conditions">what the layers are told</param>
    /// <returns>[B, C, H, W], in the caller's dispose scope</returns>
    public static Tensor Run(ModuleList<DownBlock2D> down, MidBlock2D middle, ModuleList<UpBlock2D> up, Tensor input, Conditions conditions)
    {
        var hidden = input;
        var skips = new Stack<Tensor>([hidden]);
        foreach (var block in down)
        {
            foreach (var result in block.call(hidden, conditions)) skips.Push(hidden = result);
        }
        hidden = middle.call(hidden, conditions);
        foreach (var block in up)
        {
            var below = hidden;
            hidden = block.call(below, skips, conditions);
            below.Dispose();
        }
        return hidden;
    }
}
