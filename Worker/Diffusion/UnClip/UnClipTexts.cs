using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Text;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>Has the texts of a batch encoded, and says which of their tokens are padding.</summary>
/// <param name="text">Of <see cref="UnClipTextModel"/>; stays the caller's.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="length">L: tokens of every text.</param>
internal sealed class UnClipTexts(ITextStates text, ClipTokenizer tokenizer, int length)
{
    /// <summary>The texts of a guided batch: negative prompts of the guided pictures, then the prompts of all.</summary>
    /// <returns>B' texts on the device, in the caller's dispose scope</returns>
    public EncodedTexts Read(IReadOnlyList<StageRow> rows, Guidance guidance, Device device)
    {
        using var scope = NewDisposeScope();
        string[] prompts = [.. guidance.Rows.Select(row => rows[row].NegativePrompt), .. rows.Select(row => row.Prompt)];
        var packed = text.Encode(prompts).to(device); // [B', L + 1, D]
        var hidden = prompts.SelectMany(Padding).ToArray();
        return new EncodedTexts(
            packed.narrow(1, 0, length).MoveToOuterDisposeScope(), packed.select(1, length).MoveToOuterDisposeScope(),
            tensor(hidden, [prompts.Length, length], device: device).MoveToOuterDisposeScope());
    }

    private IEnumerable<float> Padding(string prompt)
    {
        var seen = tokenizer.Unpadded(prompt, length);
        return Enumerable.Range(0, length).Select(token => token < seen ? 0f : 1f);
    }
}
