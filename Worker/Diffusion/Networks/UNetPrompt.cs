using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Blocks;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>
/// All that a network computes from text, noise level and the list of timesteps alone, and so once per batch of prompts: the time embedding's
/// part in each residual block for each step, and the text's keys and values in each attention layer; and what it computes from its weights for
/// sampling alone.
/// </summary>
internal sealed class UNetPrompt : IDisposable
{
    private readonly Dictionary<ResnetBlock2D, Tensor> _modulations;
    private readonly Dictionary<ITextLayer, TextKeysValues> _texts;
    private readonly Dictionary<IUpsampling, Tensor> _sums;
    private readonly Tensor? _textBias;

    /// <param name="steps">S</param>
    /// <param name="batch">B</param>
    /// <param name="modulations">for each residual block, with one more dimension in front, the steps [S, B, …]; this object disposes them</param>
    /// <param name="texts">keys and values for each attention layer that sees the text; this object disposes them</param>
    /// <param name="sums">for each part that doubles the size by them; this object disposes them</param>
    /// <param name="textBias">what is added to the scores of attention to the text [B, L]; this object disposes it; null for nothing</param>
    public UNetPrompt(
        int steps, long batch, Dictionary<ResnetBlock2D, Tensor> modulations, Dictionary<ITextLayer, TextKeysValues> texts, Dictionary<IUpsampling, Tensor> sums, Tensor? textBias = null)
    {
        (Steps, Batch, _modulations, _texts, _sums, _textBias) = (steps, batch, modulations, texts, sums, textBias);
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
        return new Conditions(_modulations.ToDictionary(entry => entry.Key, entry => entry.Value[step]), _texts, _sums, _textBias);
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors()) tensor.Dispose();
    }

    private IEnumerable<Tensor> Tensors() => [.. _modulations.Values, .. _sums.Values, .. _texts.Values.SelectMany(text => new[] { text.Keys, text.Values }), .. _textBias is null ? Array.Empty<Tensor>() : [_textBias]];
}
