namespace RenderFarm.Diffusion.Text;

/// <summary>A prompt as ids, padded to a fixed length.</summary>
/// <param name="Ids">The pieces, the end mark, then padding (0).</param>
/// <param name="Mask">1 over pieces and end mark, 0 over padding.</param>
internal sealed record TokenizedPrompt(long[] Ids, long[] Mask)
{
    /// <summary>How many ids are not padding.</summary>
    public int Count => (int)Mask.Sum();
}
