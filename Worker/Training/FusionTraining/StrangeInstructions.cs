using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.FusionTraining;

/// <summary>
/// Makes what an instruction asks for a colour or a shape without a word, which is then to be left open, while the other is to be written all the same (domain randomisation, Tobin et al. 2017):
/// a pair of words that was never asked for is then made of two that were.
/// </summary>
internal static class StrangeInstructions
{
    private const double Share = 0.4; // of instructions that ask for a colour or a shape

    /// <summary>The same edit, or one whose new objects have a look without a word; <see cref="Edit.StrangeWord"/> is the word of the instruction that no longer counts.</summary>
    public static Edit Disguise(Edit edit, SceneRandom random)
    {
        if (!random.Chance(Share) || edit.Kind is not (EditKind.Add or EditKind.Colour or EditKind.Shape)) return edit;
        var isColour = edit.Kind == EditKind.Colour || (edit.Kind == EditKind.Add && random.Chance(0.5));
        SceneObject[] asked = [.. edit.After.Objects.Except(edit.Before.Objects)];
        var instruction = $" {edit.Instruction} ";
        var said = (isColour ? Words.Of(asked[0].Colour) : Words.Of(asked[0].Shape)).Where(word => instruction.Contains($" {word} ", StringComparison.Ordinal)).MaxBy(word => word.Length);
        // Of two words one would stay and tell.
        if (said is null || said.Contains(' ', StringComparison.Ordinal)) return edit;
        return edit with
        {
            StrangeWord = said,
            After = edit.After with { Objects = [.. edit.After.Objects.Select(item => !asked.Contains(item) ? item : isColour ? item with { Colour = StrangeLooks.Colours[0] } : item with { Shape = StrangeLooks.Shapes[0] })] },
        };
    }
}
