namespace RenderFarm.Training.Scenes;

/// <summary>By what a caption tells where a scene's objects are. All but the first imply the places, so that a caption determines its picture.</summary>
internal enum Arrangement
{
    /// <summary>Each object by its place.</summary>
    Places,

    /// <summary>The first object to the left of the second: places left and right.</summary>
    Beside,

    /// <summary>The first object above the second: places top and bottom.</summary>
    Above,

    /// <summary>The first object between the second, to its left, and the third.</summary>
    Between,

    /// <summary>Two to five equal objects, told by their number: side by side, three in a row, in the corners, and the fifth in the centre.</summary>
    Number,
}
