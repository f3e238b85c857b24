using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.Vocabulary;

namespace RenderFarm.Training.FusionTraining;

/// <summary>
/// Replaces the colour or the shape that an instruction asks for by one without a word, which is to be left open, while the other is to be written all the same (domain randomisation, Tobin et al.
/// 2017): a pair of words that was never asked for is then made of two that were. The instruction stays; <see cref="Edit.StrangeWord"/> tells which of its words no longer counts.
/// </summary>
/// <param name="known">What there are words for. Where that is every colour, or shape, none is replaced.</param>
internal sealed class StrangeInstructions(KnownLooks known)
{
    private const double Share = 0.4; // of instructions that ask for a colour or a shape

    private readonly Colour[] _colours = [.. Enum.GetValues<Colour>().Where(colour => !known.Knows(colour)).Take(1)];
    private readonly Shape[] _shapes = [.. Enum.GetValues<Shape>().Where(shape => !known.Knows(shape)).Take(1)];

    /// <summary>The same edit, or one whose new objects have a look without a word.</summary>
    public Edit Disguise(Edit edit, SceneRandom random)
    {
        if (!random.Chance(Share) || edit.Kind is not (EditKind.Add or EditKind.Colour or EditKind.Shape)) return edit;
        var isColour = edit.Kind == EditKind.Colour || (edit.Kind == EditKind.Add && random.Chance(0.5));
        if ((isColour ? _colours.Length : _shapes.Length) == 0) return edit;
        SceneObject[] asked = [.. edit.After.Objects.Except(edit.Before.Objects)];
        var instruction = $" {edit.Instruction} ";
        string[] said = [.. (isColour ? Words.Of(asked[0].Colour) : Words.Of(asked[0].Shape)).Distinct().Where(word => instruction.Contains($" {word} ", StringComparison.Ordinal))];
        // Of two words one would stay and tell.
        if (said is not [var word] || word.Contains(' ', StringComparison.Ordinal)) return edit;
        return edit with { StrangeWord = word, After = edit.After with { Objects = [.. edit.After.Objects.Select(item => asked.Contains(item) ? Replaced(item) : item)] } };

        SceneObject Replaced(SceneObject item) => isColour ? item with { Colour = _colours[0] } : item with { Shape = _shapes[0] };
    }
}
