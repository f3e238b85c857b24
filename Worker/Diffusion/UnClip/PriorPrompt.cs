using RenderFarm.Diffusion.Networks.Attention;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>What the prior computes once for all steps. Attention is causal and the text comes first, so nothing about it depends on time or sample.</summary>
/// <param name="texts">for each layer, keys and values of text and text embedding; this object disposes them</param>
/// <param name="times">the tokens of the timesteps [S, W]; this object disposes it</param>
/// <param name="bias">what is added to the scores of the tokens behind the text [B, 3, L + 4]; this object disposes it</param>
internal sealed class PriorPrompt(IReadOnlyList<TextKeysValues> texts, Tensor times, Tensor bias) : IDisposable
{
    public IReadOnlyList<TextKeysValues> Texts => texts;

    public Tensor Times => times;

    public Tensor Bias => bias;

    public void Dispose()
    {
        foreach (var text in texts)
        {
            text.Keys.Dispose();
            text.Values.Dispose();
        }
        times.Dispose();
        bias.Dispose();
    }
}
