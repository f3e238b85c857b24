using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>All that text, time and noise level say to the layers of a network at one step.</summary>
/// <param name="modulations">[B, 2C] or [B, C] for each residual block</param>
/// <param name="texts">keys and values for each attention layer</param>
internal sealed class Conditions(IReadOnlyDictionary<ResnetBlock2D, Tensor> modulations, IReadOnlyDictionary<AddedKeyValueAttention, TextKeysValues> texts)
{
    public Tensor For(ResnetBlock2D block) => modulations[block];

    public TextKeysValues For(AddedKeyValueAttention layer) => texts[layer];
}
