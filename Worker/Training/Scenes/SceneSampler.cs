using System.Collections.Immutable;

namespace RenderFarm.Training.Scenes;

/// <summary>Draws scenes: the background, the number of objects, then each object's place, size and colour-shape pair, all uniformly.</summary>
internal sealed class SceneSampler
{
    /// <summary>The most objects a scene can hold in this world.</summary>
    public const int Most = 3;

    private static readonly Background[] Backgrounds = Enum.GetValues<Background>();
    private static readonly Place[] Places = Enum.GetValues<Place>();
    private static readonly Place[] Corners = [.. Places.Where(place => place != Place.Centre)];

    private readonly int _least;
    private readonly int _most;
    private readonly Dictionary<Background, (Shape Shape, Colour Colour)[]> _pairs;

    /// <param name="split">Whether objects are pairs that training shows, or held-out ones.</param>
    /// <param name="least">The fewest objects, from 1.</param>
    /// <param name="most">The most objects, to 3.</param>
    public SceneSampler(SceneSplit split = SceneSplit.Seen, int least = 1, int most = Most)
    {
        if (least < 1 || most > Most || least > most)
            throw new ArgumentException($"Scenes of {least} to {most} objects cannot be drawn; ask for 1 to {Most}, the least first.");
        (_least, _most) = (least, most);
        var pairs = Enum.GetValues<Shape>().SelectMany(shape => Enum.GetValues<Colour>().Select(colour => (Shape: shape, Colour: colour)))
            .Where(pair => HeldOutPairs.Contains(pair.Shape, pair.Colour) == (split == SceneSplit.Unseen)).ToArray();
        _pairs = Backgrounds.ToDictionary(background => background,
            background => pairs.Where(pair => Palette.IsVisible(pair.Colour, background)).ToArray());
    }

    /// <summary>The next scene of a stream: equal streams give equal scenes.</summary>
    public Scene Draw(SceneRandom random)
    {
        var background = random.Pick(Backgrounds);
        var count = _least + random.Next(_most - _least + 1);
        Place[] places = count == 1 ? [random.Pick(Places)] : [.. Corners];
        random.Shuffle(places.AsSpan());
        var objects = ImmutableArray.CreateBuilder<SceneObject>(count);
        for (var i = 0; i < count; i++)
        {
            var (shape, colour) = random.Pick(_pairs[background]);
            objects.Add(new SceneObject(shape, colour, random.Chance(0.5) ? ObjectSize.Large : ObjectSize.Small, places[i]));
        }

        return new Scene(background, objects.MoveToImmutable());
    }
}
