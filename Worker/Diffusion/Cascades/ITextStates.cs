using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>Turns prompts into what a network is conditioned on.</summary>
internal interface ITextStates
{
    /// <returns>[B, L, D], the caller's</returns>
    Tensor Encode(IReadOnlyList<string> prompts);
}
