namespace RenderFarm.Diffusion.Text;

/// <summary>What is done to a prompt before it is cut into tokens.</summary>
public enum PromptCleaning
{
    /// <summary>Lower-cased and trimmed: what diffusers' <c>encode_prompt</c> does by default.</summary>
    Plain,

    /// <summary>
    /// Cleaned of addresses, markup, file names and the like, as the captions that IF was trained on (<c>clean_caption</c>).
    /// </summary>
    Caption,
}
