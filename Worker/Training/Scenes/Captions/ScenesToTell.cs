namespace RenderFarm.Training.Scenes.Captions;

/// <summary>Draws scenes with how their captions are to tell of them.</summary>
internal static class ScenesToTell
{
    private const double HardPlaceFirst = 0.5;

    /// <summary>The next scene of a stream, and how its caption is to tell of it.</summary>
    /// <param name="scenes">Draws it.</param>
    /// <param name="random">The stream.</param>
    /// <param name="hard">Share of scenes that are hard on purpose: three objects or more, in half of the captions each told of after its place.</param>
    /// <returns>The scene, and how likely its caption is to tell every place before its object.</returns>
    public static (Scene Scene, double PlaceFirst) DrawToTell(this SceneSampler scenes, SceneRandom random, double hard) =>
        random.Chance(hard) ? (scenes.DrawCrowded(random), HardPlaceFirst) : (scenes.Draw(random), CaptionWriter.UsualPlaceFirst);
}
