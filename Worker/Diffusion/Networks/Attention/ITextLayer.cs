using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>An attention layer that may look at the text.</summary>
internal interface ITextLayer
{
    /// <summary>Whether it does.</summary>
    bool SeesText { get; }

    /// <summary>The text as this layer sees it: the same at every step, so computed once.</summary>
    /// <param name="text">[B, L, D]</param>
    TextKeysValues Text(Tensor text);
}
