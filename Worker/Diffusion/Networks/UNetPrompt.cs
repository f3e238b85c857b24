using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>
/// All that a network computes from text, noise level and the list of timesteps alone, and so once per batch of prompts: the time embedding's
/// part in each residual block for each step, and the text's keys and values in each attention layer; and what it computes from its weights for
/// sampling alone.
/// </summary>
internal sealed class UNetPrompt : IDisposable
{
    private readonly Dictionary<ResnetBlock2D, ResnetConditions> _blocks;
    private readonly Dictionary<AddedKeyValueAttention, TextKeysValues> _texts;

    /// <param name="steps">S</param>
    /// <param name="batch">B</param>
    /// <param name="blocks">for each residual block, modulations with one more dimension in front, the steps [S, B, …]; this object disposes them</param>
    /// <param name="texts">keys and values for each attention layer; this object disposes them</param>
    public UNetPrompt(int steps, long batch, Dictionary<ResnetBlock2D, ResnetConditions> blocks, Dictionary<AddedKeyValueAttention, TextKeysValues> texts)
    {
        (Steps, Batch, _blocks, _texts) = (steps, batch, blocks, texts);
        foreach (var tensor in Tensors()) tensor.DetachFromDisposeScope();
    }

    /// <summary>How many timesteps were prepared.</summary>
    public int Steps { get; }

    /// <summary>How many texts were prepared.</summary>
    public long Batch { get; }

    /// <summary>What the layers are told at one step; its tensors belong to the current dispose scope.</summary>
    public Conditions At(int step)
    {
        if (step < 0 || step >= Steps) throw new ArgumentOutOfRangeException(nameof(step), step, $"{Steps} steps were prepared, counted from 0.");
        return new Conditions(_blocks.ToDictionary(entry => entry.Key, entry => entry.Value with { Modulation = entry.Value.Modulation[step] }), _texts);
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors()) tensor.Dispose();
    }

    private IEnumerable<Tensor> Tensors() =>
    [
        .. _blocks.Values.Select(block => block.Modulation),
        .. _blocks.Values.Select(block => block.UpsamplingSums).OfType<Tensor>(),
        .. _texts.Values.SelectMany(text => new[] { text.Keys, text.Values }),
    ];
}
