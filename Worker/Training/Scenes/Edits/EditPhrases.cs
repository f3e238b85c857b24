namespace RenderFarm.Training.Scenes.Edits;

/// <summary>Sentences that ask for a change of a picture: {shape}, {colour}, {size}, {ground}, {place}, {object} and {other} take the words.</summary>
internal static class EditPhrases
{
    public static readonly string[] Ground =
        ["the same on a {ground} background", "on a {ground} background", "with a {ground} background", "the same with a {ground} background", "make the background {ground}", "the same on {ground}"];

    public static readonly string[] OnlyColour = ["the same in {colour}", "in {colour}", "make it {colour}", "the same but {colour}"];

    public static readonly string[] AllColours = ["the same in {colour}", "all in {colour}", "make them {colour}", "make them all {colour}"];

    public static readonly string[] Colour =
        ["make the {shape} {colour}", "the same with the {shape} in {colour}", "with a {colour} {shape}", "the same with a {colour} {shape}", "with the {shape} in {colour}", "the {shape} in {colour}"];

    public static readonly string[] Larger = ["make the {shape} {size}", "with a {size} {shape}", "the same with a {size} {shape}", "make the {shape} bigger", "make the {shape} larger", "with a larger {shape}"];

    public static readonly string[] Smaller = ["make the {shape} {size}", "with a {size} {shape}", "the same with a {size} {shape}", "make the {shape} smaller", "with a smaller {shape}"];

    public static readonly string[] OnlyLarger = ["make it {size}", "make it bigger", "make it larger", "the same but {size}", "the same but bigger"];

    public static readonly string[] OnlySmaller = ["make it {size}", "make it smaller", "the same but {size}", "the same but smaller"];

    public static readonly string[] Shape =
        ["a {other} instead of the {shape}", "with a {other} instead of the {shape}", "the same with a {other} instead of the {shape}", "make the {shape} a {other}", "turn the {shape} into a {other}"];

    public static readonly string[] Add = ["with {object} {place}", "the same with {object} {place}", "add {object} {place}", "and {object} {place}", "the same and {object} {place}"];

    public static readonly string[] Remove = ["without the {object}", "the same without the {object}", "remove the {object}", "take away the {object}", "no {object}"];
}
