namespace RenderFarm.Training.Scenes;

/// <summary>How an object's area is painted. All but plain need a large object: at 32 px a small one has no room for them.</summary>
internal enum Fill
{
    /// <summary>The object's colour all over.</summary>
    Plain,

    /// <summary>Level stripes of the object's colour and its second tone in turn.</summary>
    Striped,

    /// <summary>Dots of the second tone on the object's colour.</summary>
    Dotted,

    /// <summary>A line along the inside of the outline; the background shows within.</summary>
    Outlined,
}
