using System.Collections.Immutable;

namespace RenderFarm.Training.Scenes.Captions;

/// <summary>Writes captions as people might: synonyms, orders and sentences are drawn anew for each.</summary>
internal static class CaptionWriter
{
    /// <summary>How likely a caption tells every place before its object.</summary>
    public const double UsualPlaceFirst = 0.2;

    /// <summary>Words and signs of the longest caption: with its end mark a model's context of 77 tokens holds it whole. Five objects may need a shorter wording than the first that is drawn.</summary>
    private const int Longest = 76;

    private static readonly string[] PairJoints = [" and ", " and ", " and ", ", ", ", and ", " with "];
    private static readonly string[] LastJoints = [" and ", " and ", ", and ", ", and ", ", "];
    private static readonly string[] Beside = ["{0} to the left of {1}", "{0} left of {1}", "{1} to the right of {0}", "{1} right of {0}", "{0} on the left side of {1}"];
    private static readonly string[] Above = ["{0} above {1}", "{0} above {1}", "{1} below {0}", "{1} under {0}", "{1} underneath {0}"];
    private static readonly string[] Between = ["{0} between {1} and {2}", "{0} between {1} and {2}", "{1} and {2} with {0} between them", "between {1} and {2} {0}"];

    /// <summary>A caption that tells everything, so that it determines the picture.</summary>
    public static string Describe(Scene scene, SceneRandom random) => Write(scene, random).Text;

    /// <summary>A caption that may leave things unsaid.</summary>
    /// <param name="scene">What to tell of.</param>
    /// <param name="random">Where all choices come from.</param>
    /// <param name="leaveOut">How likely the background, the places (all of them) and the sizes (some of them) are each left out.</param>
    /// <param name="placeFirst">How likely every place that is told stands before its object.</param>
    public static Caption Write(Scene scene, SceneRandom random, double leaveOut = 0, double placeFirst = UsualPlaceFirst)
    {
        var background = !random.Chance(leaveOut);
        var places = !random.Chance(leaveOut) || scene.Arrangement != Arrangement.Places;
        var sizesThin = random.Chance(leaveOut);
        var sizes = scene.Objects.Select(_ => !sizesThin || random.Chance(0.3)).ToImmutableArray();
        if (scene.Arrangement == Arrangement.Number) sizes = [.. sizes.Select(_ => sizes[0])];
        string text;
        do text = Sentence(scene, background, sizes, places, placeFirst, random);
        while (Tokens(text) > Longest);
        return new Caption(text, scene, background, places, sizes);
    }

    /// <summary>At most so many pieces of a vocabulary of these captions' words: every word, every sign, and what follows a hyphen.</summary>
    private static int Tokens(string text) => text.Split(' ').Length + text.Count(sign => sign is ',' or '.') + 2 * text.Count(sign => sign is '-');

    private static string Sentence(Scene scene, bool background, ImmutableArray<bool> sizes, bool places, double placeFirst, SceneRandom random)
    {
        var objects = scene.Arrangement switch
        {
            Arrangement.Places => Placed(scene, sizes, places, placeFirst, random),
            Arrangement.Number => Number(scene, sizes[0], random),
            _ => Related(scene, sizes, random),
        };
        var frame = random.Pick(background ? CaptionFrames.WithBackground : CaptionFrames.WithoutBackground);
        if (scene.Arrangement == Arrangement.Number) frame = frame.Replace("there is", "there are", StringComparison.Ordinal);
        return frame.Replace("{ground}", random.Pick(Words.Of(scene.Background)), StringComparison.Ordinal)
            .Replace("{picture}", random.Pick(CaptionFrames.Pictures), StringComparison.Ordinal)
            .Replace("{objects}", objects, StringComparison.Ordinal);
    }

    private static string Placed(Scene scene, ImmutableArray<bool> sizes, bool places, double placeFirst, SceneRandom random)
    {
        var order = Enumerable.Range(0, scene.Objects.Length).ToArray();
        random.Shuffle(order.AsSpan());
        var before = places && random.Chance(placeFirst);
        return Join([.. order.Select(i => Clause(scene.Objects[i], sizes[i], places, before, random))], random);
    }

    private static string Related(Scene scene, ImmutableArray<bool> sizes, SceneRandom random)
    {
        var wording = random.Pick(scene.Arrangement switch { Arrangement.Beside => Beside, Arrangement.Above => Above, _ => Between });
        for (var i = 0; i < scene.Objects.Length; i++)
            wording = wording.Replace($"{{{i}}}", Noun(scene.Objects[i], sizes[i], random), StringComparison.Ordinal);
        return wording;
    }

    /// <summary>"three big striped green stars".</summary>
    private static string Number(Scene scene, bool saysSize, SceneRandom random)
    {
        var item = scene.Objects[0];
        var (before, behind) = FillWords(item.Fill, random);
        var size = saysSize ? random.Pick(Words.Of(item.Size)) + " " : string.Empty;
        return $"{Words.Of(scene.Objects.Length)} {size}{before}{random.Pick(Words.Of(item.Colour))} {Words.Plural(random.Pick(Words.Of(item.Shape)))}{behind}";
    }

    /// <summary>"a big red circle in the top left corner", or with the place first when the whole caption does so.</summary>
    private static string Clause(SceneObject item, bool saysSize, bool saysPlace, bool placeFirst, SceneRandom random)
    {
        var noun = Noun(item, saysSize, random);
        if (!saysPlace)
            return noun;
        var place = random.Pick(Words.Of(item.Place));
        if (placeFirst)
            return $"{place} {noun}";
        return random.Next(12) switch
        {
            0 => $"{noun} placed {place}",
            1 => $"{noun} that is {place}",
            2 => $"{noun} sitting {place}",
            _ => $"{noun} {place}",
        };
    }

    private static string Noun(SceneObject item, bool saysSize, SceneRandom random)
    {
        var shape = random.Pick(Words.Of(item.Shape));
        var colour = random.Pick(Words.Of(item.Colour));
        var (before, behind) = FillWords(item.Fill, random);
        if (!saysSize)
            return random.Chance(0.85) ? $"{Article(before + colour)} {before}{colour} {shape}{behind}" : $"{Article(before + shape)} {before}{shape} in {colour}{behind}";
        var size = random.Pick(Words.Of(item.Size));
        return random.Next(16) switch
        {
            0 => $"{Article(before + shape)} {before}{shape}{behind} that is {size} and {colour}",
            1 => $"a {size} {before}{shape} in {colour}{behind}",
            2 => $"a {size}, {before}{colour} {shape}{behind}",
            3 => $"{Article(before + colour)} {before}{colour} {shape} of {(item.Size == ObjectSize.Large ? "large" : "small")} size{behind}",
            4 => $"one {size} {before}{colour} {shape}{behind}",
            _ => $"a {size} {before}{colour} {shape}{behind}",
        };
    }

    /// <summary>A fill's words for before the colour, a space after them, or for behind the shape, a space before them; nothing for plain.</summary>
    private static (string Before, string Behind) FillWords(Fill fill, SceneRandom random)
    {
        if (fill == Fill.Plain) return (string.Empty, string.Empty);
        var words = random.Pick(Words.Of(fill));
        return words.StartsWith("with", StringComparison.Ordinal) ? (string.Empty, " " + words) : (words + " ", string.Empty);
    }

    private static string Join(string[] phrases, SceneRandom random) => phrases.Length switch
    {
        1 => phrases[0],
        2 => phrases[0] + random.Pick(PairJoints) + phrases[1],
        _ => random.Chance(0.15) ? string.Join(" and ", phrases) : string.Join(", ", phrases[..^1]) + random.Pick(LastJoints) + phrases[^1],
    };

    private static string Article(string word) => "aeiou".Contains(word[0], StringComparison.Ordinal) ? "an" : "a";
}
