using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Blocks;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>All that text, time and noise level say to the layers of a network at one step, and what those prepared.</summary>
/// <param name="modulations">for each residual block, the time embedding's part: [B, 2 out] scale and shift, or [B, out] where it is merely added</param>
/// <param name="texts">keys and values for each attention layer that sees the text</param>
/// <param name="sums">of <see cref="IUpsampling.UpsamplingSums"/>, where that is used; none while gradients are recorded</param>
/// <param name="textBias">what is added to the scores of attention to the text [B, L]; null for nothing</param>
internal sealed class Conditions(
    IReadOnlyDictionary<ResnetBlock2D, Tensor> modulations, IReadOnlyDictionary<ITextLayer, TextKeysValues> texts, IReadOnlyDictionary<IUpsampling, Tensor> sums, Tensor? textBias = null)
{
    public Tensor? TextBias => textBias;

    public Tensor For(ResnetBlock2D block) => modulations[block];

    public TextKeysValues For(ITextLayer layer) => texts[layer];

    public Tensor? For(IUpsampling upsampling) => sums.GetValueOrDefault(upsampling);
}
