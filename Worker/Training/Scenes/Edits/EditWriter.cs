using System.Collections.Immutable;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.Scenes.Edits;

/// <summary>Draws edits of scenes, with instructions as people might give them.</summary>
/// <param name="split">Whether edited objects, too, are pairs that training shows, or any.</param>
/// <param name="world">Whose shapes and colours there are, and how many objects.</param>
internal sealed class EditWriter(SceneSplit split, World world)
{
    private const double VagueGround = 0.25; // share of backgrounds that are told as dark or light

    private static readonly Place[] Corners = [Place.TopLeft, Place.TopRight, Place.BottomLeft, Place.BottomRight];
    private static readonly Background[] Dark = [Background.Black, Background.Navy];
    private static readonly Background[] Light = [Background.White, Background.LightBlue];

    /// <summary>The kinds that change something.</summary>
    public static IReadOnlyList<EditKind> Kinds { get; } = [.. Enum.GetValues<EditKind>().Where(kind => kind != EditKind.None)];

    /// <summary>Nothing changes.</summary>
    public static Edit Keep(Scene scene) => new(EditKind.None, "", scene, scene);

    /// <summary>An edit of a kind that is drawn, or null where the scene allows none of the kinds.</summary>
    public Edit? Write(Scene scene, SceneRandom random)
    {
        var kinds = Kinds.ToArray();
        random.Shuffle(kinds.AsSpan());
        return kinds.Select(kind => Write(kind, scene, random)).FirstOrDefault(edit => edit is not null);
    }

    /// <summary>An edit of this kind, or null where the scene does not allow it.</summary>
    public Edit? Write(EditKind kind, Scene scene, SceneRandom random) => kind switch
    {
        EditKind.None => Keep(scene),
        EditKind.Background => Ground(scene, random),
        EditKind.Colour => Recolour(scene, random),
        EditKind.Size => Resize(scene, random),
        EditKind.Shape => Reshape(scene, random),
        EditKind.Add => Add(scene, random),
        _ => Remove(scene, random),
    };

    private static Edit? Ground(Scene scene, SceneRandom random)
    {
        Background[] possible = [.. Enum.GetValues<Background>().Where(ground => ground != scene.Background && scene.Objects.All(item => Palette.IsVisible(item.Colour, ground)))];
        if (possible.Length == 0) return null;
        var wanted = random.Pick(possible);
        var word = random.Pick(Words.Of(wanted));
        if (random.Chance(VagueGround))
        {
            var (name, group) = random.Chance(0.5) ? ("dark", Dark) : ("light", Light);
            if (!group.Contains(scene.Background) && group.FirstOrDefault(possible.Contains, scene.Background) is var found && found != scene.Background)
                (wanted, word) = (found, name);
        }
        var sentence = random.Pick(EditPhrases.Ground).Replace("{ground}", word, StringComparison.Ordinal);
        return new Edit(EditKind.Background, sentence, scene, scene with { Background = wanted });
    }

    private Edit? Recolour(Scene scene, SceneRandom random)
    {
        var all = scene.Objects.Length == 1 || random.Chance(0.3);
        int[] chosen = all ? [.. Enumerable.Range(0, scene.Objects.Length)] : NamedAlone(scene, random) is { } one ? [one] : [];
        Colour[] possible =
        [
            .. Enum.GetValues<Colour>().Where(colour => world.Has(colour) && Palette.IsVisible(colour, scene.Background)
                && chosen.All(index => scene.Objects[index].Colour != colour && Allowed(scene.Objects[index] with { Colour = colour }))),
        ];
        if (chosen.Length == 0 || possible.Length == 0) return null;
        var wanted = random.Pick(possible);
        var phrases = chosen.Length > 1 ? EditPhrases.AllColours : scene.Objects.Length == 1 && random.Chance(0.6) ? EditPhrases.OnlyColour : EditPhrases.Colour;
        var sentence = random.Pick(phrases).Replace("{colour}", random.Pick(Words.Of(wanted)), StringComparison.Ordinal)
            .Replace("{shape}", random.Pick(Words.Of(scene.Objects[chosen[0]].Shape)), StringComparison.Ordinal);
        return new Edit(EditKind.Colour, sentence, scene, With(scene, chosen, item => item with { Colour = wanted }));
    }

    private static Edit? Resize(Scene scene, SceneRandom random)
    {
        if (NamedAlone(scene, random) is not { } index) return null;
        var item = scene.Objects[index];
        var grown = item with { Size = item.Size == ObjectSize.Large ? ObjectSize.Small : ObjectSize.Large, Fill = Fill.Plain };
        if (item.Fill != Fill.Plain || !HasRoom(scene, index, grown)) return null;
        var phrases = grown.Size == ObjectSize.Large ? EditPhrases.Larger : EditPhrases.Smaller;
        if (scene.Objects.Length == 1 && random.Chance(0.5)) phrases = grown.Size == ObjectSize.Large ? EditPhrases.OnlyLarger : EditPhrases.OnlySmaller;
        var sentence = random.Pick(phrases).Replace("{size}", random.Pick(Words.Of(grown.Size)), StringComparison.Ordinal)
            .Replace("{shape}", random.Pick(Words.Of(item.Shape)), StringComparison.Ordinal);
        return new Edit(EditKind.Size, sentence, scene, With(scene, [index], _ => grown));
    }

    private Edit? Reshape(Scene scene, SceneRandom random)
    {
        if (NamedAlone(scene, random) is not { } index) return null;
        var item = scene.Objects[index];
        Shape[] possible = [.. Enum.GetValues<Shape>().Where(shape => world.Has(shape) && shape != item.Shape && item.Fill == Fill.Plain && Allowed(item with { Shape = shape }))];
        if (possible.Length == 0) return null;
        var wanted = random.Pick(possible);
        var sentence = random.Pick(EditPhrases.Shape).Replace("{shape}", random.Pick(Words.Of(item.Shape)), StringComparison.Ordinal)
            .Replace("{other}", random.Pick(Words.Of(wanted)), StringComparison.Ordinal);
        return new Edit(EditKind.Shape, sentence, scene, With(scene, [index], _ => item with { Shape = wanted }));
    }

    private Edit? Add(Scene scene, SceneRandom random)
    {
        if (scene.Objects.Length >= world.MostObjects() || Free(scene) is not { Length: > 0 } free) return null;
        var pairs = Enum.GetValues<Shape>().Where(shape => world.Has(shape)).SelectMany(shape => Enum.GetValues<Colour>().Where(colour => world.Has(colour)).Select(colour => (shape, colour)));
        var (place, size) = random.Pick(free);
        SceneObject[] possible = [.. pairs.Select(pair => new SceneObject(pair.shape, pair.colour, size, place))
            .Where(item => Allowed(item) && Palette.IsVisible(item.Colour, scene.Background))];
        var added = random.Pick(possible);
        var noun = $"a {random.Pick(Words.Of(added.Size))} {random.Pick(Words.Of(added.Colour))} {random.Pick(Words.Of(added.Shape))}";
        var sentence = random.Pick(EditPhrases.Add).Replace("{object}", noun, StringComparison.Ordinal).Replace("{place}", random.Pick(Words.Of(place)), StringComparison.Ordinal);
        return new Edit(EditKind.Add, sentence, scene, scene with { Objects = scene.Objects.Add(added), Arrangement = Arrangement.Places });
    }

    /// <summary>Where another object stands clear of all that are there, and how large it may be; corners alone in the first world, beside one in the centre, too.</summary>
    private (Place Place, ObjectSize Size)[] Free(Scene scene)
    {
        var taken = scene.Objects.Select(item => item.Place).ToArray();
        var places = world == World.First ? Corners : Enum.GetValues<Place>();
        return
        [
            .. places.Where(place => !Layout.IsCrowded([.. taken, place]))
                .SelectMany(place => Enum.GetValues<ObjectSize>().Select(size => (place, size)))
                .Where(spot => scene.Objects.All(item => Layout.HasRoom(spot.place, spot.size, item.Place, item.Size))),
        ];
    }

    private static Edit? Remove(Scene scene, SceneRandom random)
    {
        if (scene.Objects.Length < 2 || NamedAlone(scene, random) is not { } index) return null;
        var item = scene.Objects[index];
        var shape = random.Pick(Words.Of(item.Shape));
        var sentence = random.Pick(EditPhrases.Remove).Replace("{object}", random.Chance(0.3) ? $"{random.Pick(Words.Of(item.Colour))} {shape}" : shape, StringComparison.Ordinal);
        return new Edit(EditKind.Remove, sentence, scene, scene with { Objects = scene.Objects.RemoveAt(index), Arrangement = Arrangement.Places });
    }

    /// <summary>An object that its shape tells from all others.</summary>
    private static int? NamedAlone(Scene scene, SceneRandom random)
    {
        int[] alone = [.. Enumerable.Range(0, scene.Objects.Length).Where(index => scene.Objects.Count(item => item.Shape == scene.Objects[index].Shape) == 1)];
        return alone.Length == 0 ? null : random.Pick(alone);
    }

    private static bool HasRoom(Scene scene, int index, SceneObject grown) => grown.Size == ObjectSize.Small || (!Layout.IsCrowded([.. scene.Objects.Select(item => item.Place)])
        && scene.Objects.Where((_, other) => other != index).All(other => Layout.HasRoom(grown.Place, grown.Size, other.Place, other.Size)));

    private bool Allowed(SceneObject item) => split == SceneSplit.Unseen || !HeldOutPairs.Contains(item.Shape, item.Colour);

    private static Scene With(Scene scene, IReadOnlyCollection<int> chosen, Func<SceneObject, SceneObject> change) =>
        scene with { Objects = [.. scene.Objects.Select((item, index) => chosen.Contains(index) ? change(item) : item)], Arrangement = Arrangement.Places };
}
