using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>A golden's text states under the names "0", "1", … and "negative".</summary>
internal sealed class NamedStates(SafetensorsFile golden) : ITextStates
{
    public Tensor Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        return stack(prompts.Select(StatesOf).ToArray(), 0).MoveToOuterDisposeScope();
    }

    private Tensor StatesOf(string prompt) =>
        prompt == "negative" ? golden.Read("negative_prompt_embeds")[0] : golden.Read("prompt_embeds")[int.Parse(prompt, System.Globalization.CultureInfo.InvariantCulture)];
}
