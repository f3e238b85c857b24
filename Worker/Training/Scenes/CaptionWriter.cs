using System.Collections.Immutable;

namespace RenderFarm.Training.Scenes;

/// <summary>Writes captions as people might: synonyms, orders and sentences are drawn anew for each.</summary>
internal static class CaptionWriter
{
    private static readonly string[] PairJoints = [" and ", " and ", " and ", ", ", ", and ", " with "];
    private static readonly string[] LastJoints = [" and ", " and ", ", and ", ", and ", ", "];

    /// <summary>A caption that tells everything, so that it determines the picture.</summary>
    public static string Describe(Scene scene, SceneRandom random) => Write(scene, random).Text;

    /// <summary>A caption that may leave things unsaid.</summary>
    /// <param name="scene">What to tell of.</param>
    /// <param name="random">Where all choices come from.</param>
    /// <param name="leaveOut">How likely the background, the places (all of them) and the sizes (some of them) are each left out.</param>
    public static Caption Write(Scene scene, SceneRandom random, double leaveOut = 0)
    {
        var background = !random.Chance(leaveOut);
        var places = !random.Chance(leaveOut);
        var sizesThin = random.Chance(leaveOut);
        var sizes = scene.Objects.Select(_ => !sizesThin || random.Chance(0.3)).ToImmutableArray();
        var order = Enumerable.Range(0, scene.Objects.Length).ToArray();
        random.Shuffle(order.AsSpan());
        var placeFirst = places && random.Chance(0.2);
        var phrases = order.Select(i => Clause(scene.Objects[i], sizes[i], places, placeFirst, random)).ToArray();
        var frame = random.Pick(background ? CaptionFrames.WithBackground : CaptionFrames.WithoutBackground);
        var text = frame.Replace("{ground}", random.Pick(Words.Of(scene.Background)), StringComparison.Ordinal)
            .Replace("{picture}", random.Pick(CaptionFrames.Pictures), StringComparison.Ordinal)
            .Replace("{objects}", Join(phrases, random), StringComparison.Ordinal);
        return new Caption(text, scene, background, places, sizes);
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
        if (!saysSize)
            return random.Chance(0.85) ? $"{Article(colour)} {colour} {shape}" : $"a {shape} in {colour}";
        var size = random.Pick(Words.Of(item.Size));
        return random.Next(16) switch
        {
            0 => $"a {shape} that is {size} and {colour}",
            1 => $"a {size} {shape} in {colour}",
            2 => $"a {size}, {colour} {shape}",
            3 => $"{Article(colour)} {colour} {shape} of {(item.Size == ObjectSize.Large ? "large" : "small")} size",
            4 => $"one {size} {colour} {shape}",
            _ => $"a {size} {colour} {shape}",
        };
    }

    private static string Join(string[] phrases, SceneRandom random) => phrases.Length switch
    {
        1 => phrases[0],
        2 => phrases[0] + random.Pick(PairJoints) + phrases[1],
        _ => random.Chance(0.15) ? string.Join(" and ", phrases) : string.Join(", ", phrases[..^1]) + random.Pick(LastJoints) + phrases[^1],
    };

    private static string Article(string word) => "aeiou".Contains(word[0], StringComparison.Ordinal) ? "an" : "a";
}
