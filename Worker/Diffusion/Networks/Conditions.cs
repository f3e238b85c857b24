namespace RenderFarm.Diffusion.Networks;

/// <summary>All that text, time and noise level say to the layers of a network at one step.</summary>
/// <param name="blocks">for each residual block</param>
/// <param name="texts">keys and values for each attention layer</param>
internal sealed class Conditions(IReadOnlyDictionary<ResnetBlock2D, ResnetConditions> blocks, IReadOnlyDictionary<AddedKeyValueAttention, TextKeysValues> texts)
{
    public ResnetConditions For(ResnetBlock2D block) => blocks[block];

    public TextKeysValues For(AddedKeyValueAttention layer) => texts[layer];
}
