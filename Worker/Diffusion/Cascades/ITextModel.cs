using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>A text encoder with its tokenizer, without memory.</summary>
internal interface ITextModel : IDisposable
{
    /// <summary>SHA-256 of the encoder's weights as they were loaded.</summary>
    string WeightsSha256 { get; }

    /// <summary>The encoder's number format: float32, bfloat16 or float16.</summary>
    string Dtype { get; }

    /// <summary>What <see cref="Clean"/> does, in one word.</summary>
    string Cleaning { get; }

    /// <summary>What is done to a prompt first: prompts that come out alike have the same states.</summary>
    string Clean(string prompt);

    /// <summary>States of cleaned prompts.</summary>
    /// <returns>[B, L, D], the caller's</returns>
    Tensor Encode(IReadOnlyList<string> prompts);
}
