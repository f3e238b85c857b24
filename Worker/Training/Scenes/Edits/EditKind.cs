namespace RenderFarm.Training.Scenes.Edits;

/// <summary>What an instruction changes in a picture.</summary>
internal enum EditKind
{
    /// <summary>Nothing: there are no words, and the same scene is drawn anew.</summary>
    None,

    /// <summary>The background's colour.</summary>
    Background,

    /// <summary>An object's colour, or that of all.</summary>
    Colour,

    /// <summary>An object's size.</summary>
    Size,

    /// <summary>An object's shape.</summary>
    Shape,

    /// <summary>One object more.</summary>
    Add,

    /// <summary>One object less.</summary>
    Remove,
}
