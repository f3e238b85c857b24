namespace RenderFarm.Training.Scenes.Captions;

/// <summary>
/// The sentences that captions are set into: {objects} takes the list of objects, {ground} the background's colour,
/// {picture} a word for the picture with its article.
/// </summary>
internal static class CaptionFrames
{
    /// <summary>Sentences that name the background.</summary>
    public static readonly string[] WithBackground =
    [
        "{objects} on a {ground} background",
        "{objects} on a {ground} background",
        "{objects} on a {ground} background",
        "{objects} against a {ground} background",
        "{objects} with a {ground} background",
        "{objects} over a {ground} background",
        "{objects} in front of a {ground} background",
        "{objects} on a plain {ground} background",
        "{objects} on {ground}",
        "{objects}, {ground} background",
        "{objects}, all on {ground}",
        "{objects}. the background is {ground}",
        "{objects} drawn on a {ground} background",
        "{objects} painted on {ground}",
        "on a {ground} background, {objects}",
        "on {ground}, {objects}",
        "against a {ground} background, {objects}",
        "a {ground} background with {objects}",
        "{ground} background, {objects}",
        "the background is {ground}, and there is {objects}",
        "{picture} of {objects} on a {ground} background",
        "{picture} of {objects} against a {ground} background",
        "{picture} of {objects} on {ground}",
        "{picture} with {objects} on a {ground} background",
        "{picture} showing {objects} on a {ground} background",
        "{picture} with a {ground} background and {objects}",
        "there is {objects} on a {ground} background",
        "draw {objects} on a {ground} background",
        "show {objects} against a {ground} background",
        "paint {objects} on {ground}",
    ];

    /// <summary>Sentences that leave the background to the painter.</summary>
    public static readonly string[] WithoutBackground =
    [
        "{objects}",
        "{objects}",
        "{objects}",
        "{picture} of {objects}",
        "{picture} with {objects}",
        "{picture} showing {objects}",
        "a simple picture of {objects}",
        "there is {objects}",
        "draw {objects}",
        "show {objects}",
        "paint {objects}",
    ];

    /// <summary>Words for the picture.</summary>
    public static readonly string[] Pictures = ["a picture", "a picture", "an image", "a drawing", "a painting", "the picture"];
}
