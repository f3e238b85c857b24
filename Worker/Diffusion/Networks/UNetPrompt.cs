using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>
/// All that a network computes from text, noise level and the list of timesteps alone, and so once per batch of prompts: the time embedding's
/// part in each residual block for each step, and the text's keys and values in each attention layer.
/// </summary>
internal sealed class UNetPrompt : IDisposable
{
    private readonly Dictionary<ResnetBlock2D, Tensor> _modulations;
    private readonly Dictionary<AddedKeyValueAttention, TextKeysValues> _texts;

    /// <param name="steps">S</param>
    /// <param name="batch">B</param>
    /// <param name="modulations">[S, B, 2C] or [S, B, C] for each residual block; this object disposes them</param>
    /// <param name="texts">keys and values for each attention layer; this object disposes them</param>
    public UNetPrompt(int steps, long batch, Dictionary<ResnetBlock2D, Tensor> modulations, Dictionary<AddedKeyValueAttention, TextKeysValues> texts)
    {
        (Steps, Batch, _modulations, _texts) = (steps, batch, modulations, texts);
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
        return new Conditions(_modulations.ToDictionary(entry => entry.Key, entry => entry.Value[step]), _texts);
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors()) tensor.Dispose();
    }

    private IEnumerable<Tensor> Tensors() => _modulations.Values.Concat(_texts.Values.SelectMany(text => new[] { text.Keys, text.Values }));
}
