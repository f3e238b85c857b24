using System.Collections.Frozen;
using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>What the colour words mean to the judge: its own numbers, so that a mistake of the painter's shows.</summary>
internal static class ReferenceColours
{
    /// <summary>Further than this from every reference, a colour is none of the world's.</summary>
    private const double Furthest = 28;

    private static readonly FrozenDictionary<Colour, Lab> Objects = new Dictionary<Colour, Lab>
    {
        [Colour.Red] = Lab.From(new Rgb(220, 30, 30)),
        [Colour.Orange] = Lab.From(new Rgb(250, 140, 20)),
        [Colour.Yellow] = Lab.From(new Rgb(250, 225, 40)),
        [Colour.Green] = Lab.From(new Rgb(30, 150, 60)),
        [Colour.Blue] = Lab.From(new Rgb(30, 80, 220)),
        [Colour.Purple] = Lab.From(new Rgb(120, 30, 170)),
        [Colour.Pink] = Lab.From(new Rgb(250, 130, 190)),
        [Colour.Brown] = Lab.From(new Rgb(110, 60, 20)),
        [Colour.Black] = Lab.From(new Rgb(0, 0, 0)),
        [Colour.White] = Lab.From(new Rgb(255, 255, 255)),
        [Colour.Teal] = Lab.From(new Rgb(0, 115, 120)),
        [Colour.Cyan] = Lab.From(new Rgb(50, 220, 225)),
        [Colour.Lime] = Lab.From(new Rgb(165, 240, 40)),
        [Colour.Olive] = Lab.From(new Rgb(125, 125, 20)),
        [Colour.Maroon] = Lab.From(new Rgb(120, 0, 40)),
        [Colour.Magenta] = Lab.From(new Rgb(225, 20, 190)),
        [Colour.Beige] = Lab.From(new Rgb(225, 200, 150)),
        [Colour.Coral] = Lab.From(new Rgb(250, 125, 100)),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Colour, Lab> WideObjects = Objects.Where(pair => World.Wide.Has(pair.Key)).ToFrozenDictionary();

    private static readonly FrozenDictionary<Colour, Lab> SecondTones = new Dictionary<Colour, Lab>
    {
        [Colour.Red] = Lab.From(new Rgb(245, 160, 150)),
        [Colour.Orange] = Lab.From(new Rgb(150, 75, 0)),
        [Colour.Yellow] = Lab.From(new Rgb(165, 130, 0)),
        [Colour.Green] = Lab.From(new Rgb(150, 225, 160)),
        [Colour.Blue] = Lab.From(new Rgb(200, 215, 255)),
        [Colour.Purple] = Lab.From(new Rgb(215, 160, 245)),
        [Colour.Pink] = Lab.From(new Rgb(160, 40, 100)),
        [Colour.Brown] = Lab.From(new Rgb(210, 165, 115)),
        [Colour.Black] = Lab.From(new Rgb(85, 85, 85)),
        [Colour.White] = Lab.From(new Rgb(200, 200, 200)),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Background, Lab> Grounds = new Dictionary<Background, Lab>
    {
        [Background.White] = Lab.From(new Rgb(255, 255, 255)),
        [Background.Black] = Lab.From(new Rgb(0, 0, 0)),
        [Background.Gray] = Lab.From(new Rgb(140, 140, 140)),
        [Background.LightBlue] = Lab.From(new Rgb(130, 190, 240)),
        [Background.Navy] = Lab.From(new Rgb(20, 30, 90)),
    }.ToFrozenDictionary();

    /// <summary>The colours that have a second tone.</summary>
    public static IReadOnlyList<Colour> OfTwoTones { get; } = [.. SecondTones.Keys.Order()];

    /// <summary>The world's object colour nearest to this one, or null when it is none of them.</summary>
    public static Colour? NearestObject(Rgb colour, World world) => Nearest(world == World.Rich ? Objects : WideObjects, colour);

    /// <summary>Which of an object colour's two tones this colour is; null when it is neither.</summary>
    public static Tone? ToneOf(Colour name, Rgb colour)
    {
        var lab = Lab.From(colour);
        var (own, second) = (lab.DistanceTo(Objects[name]), lab.DistanceTo(SecondTones[name]));
        return Math.Min(own, second) > Furthest ? null : own <= second ? Tone.Own : Tone.Second;
    }

    /// <summary>The background nearest to this colour, or null when it is none of them.</summary>
    public static Background? NearestBackground(Rgb colour) => Nearest(Grounds, colour);

    private static T? Nearest<T>(FrozenDictionary<T, Lab> references, Rgb colour)
        where T : struct
    {
        var lab = Lab.From(colour);
        var (name, reference) = references.MinBy(pair => lab.DistanceTo(pair.Value));
        return lab.DistanceTo(reference) <= Furthest ? name : null;
    }
}
