namespace RenderFarm.Diffusion.Text;

/// <summary>Makes prompts look like the captions that a model was trained on.</summary>
internal static class PromptCleaner
{
    public static string Clean(string prompt, PromptCleaning cleaning) => cleaning switch
    {
        PromptCleaning.Plain => LowerCase.Of(prompt).Trim(),
        // Twice, as IF does: what one pass uncovers, such as an address inside markup, the second removes.
        PromptCleaning.Caption => CaptionCleaner.Clean(CaptionCleaner.Clean(prompt)),
        _ => throw new ArgumentOutOfRangeException(nameof(cleaning), cleaning, "Expected is Plain or Caption."),
    };
}
