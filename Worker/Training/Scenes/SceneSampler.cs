using System.Collections.Immutable;

namespace RenderFarm.Training.Scenes;

/// <summary>Draws scenes of a world: the background, how many objects and how they are told of, then each object's place, size, fill and colour-shape pair.</summary>
internal sealed class SceneSampler
{
    /// <summary>The most objects of the first world's scenes, and the least of crowded ones.</summary>
    private const int Crowd = 3;

    private static readonly Background[] Backgrounds = Enum.GetValues<Background>();
    private static readonly Place[] Corners = [Place.TopLeft, Place.TopRight, Place.BottomLeft, Place.BottomRight];
    private static readonly Place[] FirstPlaces = [.. Corners, Place.Centre];

    private readonly World _world;
    private readonly int _least;
    private readonly int _most;
    private readonly Dictionary<Background, (Shape Shape, Colour Colour)[]> _pairs;
    private readonly Dictionary<Background, (Shape Shape, Colour Colour)[]> _richPairs;

    /// <param name="split">Whether objects are pairs that training shows, or held-out ones.</param>
    /// <param name="least">The fewest objects, 1 to 3.</param>
    /// <param name="most">The most objects that are told of one by one; null for the world's (<see cref="WorldContents.MostObjects"/>).</param>
    /// <param name="world">How rich the scenes are; the wide world may have more objects than <paramref name="most"/> where they are told by relation or number.</param>
    public SceneSampler(SceneSplit split = SceneSplit.Seen, int least = 1, int? most = null, World world = World.First)
    {
        (_world, _least, _most) = (world, least, most ?? world.MostObjects());
        if (least < 1 || _most > world.MostObjects() || least > Math.Min(_most, Crowd))
            throw new ArgumentException($"Scenes of {least} to {_most} objects cannot be drawn; ask for 1 to {world.MostObjects()}, of which the least are no more than {Crowd}.");
        var pairs = Enum.GetValues<Shape>().SelectMany(shape => Enum.GetValues<Colour>().Select(colour => (Shape: shape, Colour: colour)))
            .Where(pair => HeldOutPairs.Contains(pair.Shape, pair.Colour) == (split == SceneSplit.Unseen)).ToLookup(pair => !World.Wide.Has(pair.Shape) || !World.Wide.Has(pair.Colour));
        _pairs = Visible(pairs[false]);
        _richPairs = Visible(pairs[true]);
    }

    /// <summary>The next scene of a stream: equal streams give equal scenes.</summary>
    public Scene Draw(SceneRandom random) => _world == World.First ? First(random) : Wide(random);

    /// <summary>The next scene, of a stream, of three objects or more that are told of one by one, or of as many as may be.</summary>
    public Scene DrawCrowded(SceneRandom random) =>
        _world == World.First || random.Chance(0.5) ? First(random, Math.Min(_most, Crowd)) : Anywhere(random, Math.Min(_most, Crowd) + random.Next(Math.Max(_most - Crowd, 0) + 1));

    private Scene First(SceneRandom random, int? objects = null)
    {
        var background = random.Pick(Backgrounds);
        var count = objects ?? Count(Math.Min(_most, Crowd), random);
        Place[] places = count == 1 ? [random.Pick(FirstPlaces)] : [.. Corners];
        random.Shuffle(places.AsSpan());
        var drawn = ImmutableArray.CreateBuilder<SceneObject>(count);
        for (var i = 0; i < count; i++)
        {
            var (shape, colour) = PairOn(background, random);
            drawn.Add(new SceneObject(shape, colour, random.Chance(0.5) ? ObjectSize.Large : ObjectSize.Small, places[i]));
        }

        return new Scene(background, drawn.MoveToImmutable());
    }

    /// <summary>A quarter as in the first world (so that it is not forgotten), a quarter anywhere on the grid, the rest by relation or number.</summary>
    private Scene Wide(SceneRandom random) => random.Next(8) switch
    {
        0 or 1 => First(random),
        2 or 3 => Anywhere(random),
        4 => Related(Arrangement.Beside, [Place.Left, Place.Right], random),
        5 => Related(Arrangement.Above, [Place.Top, Place.Bottom], random),
        6 => Related(Arrangement.Between, [Place.Centre, Place.Left, Place.Right], random),
        _ => Equal(random),
    };

    private Scene Anywhere(SceneRandom random, int? objects = null)
    {
        var background = random.Pick(Backgrounds);
        var count = objects ?? Count(_most, random);
        var places = Enum.GetValues<Place>();
        random.Shuffle(places.AsSpan());
        return Of(background, Arrangement.Places, places[..count], random);
    }

    private int Count(int most, SceneRandom random) => _least + random.Next(most - _least + 1);

    private Scene Related(Arrangement arrangement, Place[] places, SceneRandom random) => Of(random.Pick(Backgrounds), arrangement, places, random);

    private Scene Equal(SceneRandom random)
    {
        var background = random.Pick(Backgrounds);
        var places = PlacesOf(2 + random.Next(4));
        var (shape, colour) = PairOn(background, random);
        var size = places.All(one => places.All(other => one == other || Layout.HasRoom(one, ObjectSize.Large, other, ObjectSize.Large))) && random.Chance(0.5)
            ? ObjectSize.Large : ObjectSize.Small;
        var fill = FillOf(shape, colour, size, random);
        return new Scene(background, [.. places.Select(place => new SceneObject(shape, colour, size, place, fill))], Arrangement.Number);
    }

    /// <summary>Where so many equal objects stand.</summary>
    private static Place[] PlacesOf(int number) => number switch
    {
        2 => [Place.Left, Place.Right],
        3 => [Place.Left, Place.Centre, Place.Right],
        4 => Corners,
        _ => FirstPlaces,
    };

    /// <summary>In the rich world every other pair is one that only it has. No held-out pair is.</summary>
    private (Shape Shape, Colour Colour) PairOn(Background background, SceneRandom random) =>
        random.Pick(_world == World.Rich && _richPairs[background].Length > 0 && random.Chance(0.5) ? _richPairs[background] : _pairs[background]);

    private static Dictionary<Background, (Shape Shape, Colour Colour)[]> Visible(IEnumerable<(Shape Shape, Colour Colour)> pairs) =>
        Backgrounds.ToDictionary(background => background, background => pairs.Where(pair => Palette.IsVisible(pair.Colour, background)).ToArray());

    private Scene Of(Background background, Arrangement arrangement, Place[] places, SceneRandom random)
    {
        var objects = ImmutableArray.CreateBuilder<SceneObject>(places.Length);
        var crowded = Layout.IsCrowded(places);
        foreach (var place in places)
        {
            var (shape, colour) = PairOn(background, random);
            // Those still to come may be small; they decide for themselves whether they have room to be large.
            var fits = !crowded && places.All(other => other == place || Layout.HasRoom(place, ObjectSize.Large, other, SizeOf(objects, other)));
            var size = fits && random.Chance(0.5) ? ObjectSize.Large : ObjectSize.Small;
            objects.Add(new SceneObject(shape, colour, size, place, FillOf(shape, colour, size, random)));
        }

        return new Scene(background, objects.MoveToImmutable(), arrangement);
    }

    private static ObjectSize SizeOf(ImmutableArray<SceneObject>.Builder objects, Place place) =>
        objects.FirstOrDefault(item => item.Place == place)?.Size ?? ObjectSize.Small;

    private static Fill FillOf(Shape shape, Colour colour, ObjectSize size, SceneRandom random)
    {
        if (size == ObjectSize.Small || random.Chance(0.4)) return Fill.Plain;
        var fill = random.Pick([Fill.Striped, Fill.Dotted, Fill.Outlined]);
        return (fill == Fill.Outlined ? Outlines.CanBeAlone(shape) : Palette.HasSecondTone(colour)) ? fill : Fill.Plain;
    }
}
