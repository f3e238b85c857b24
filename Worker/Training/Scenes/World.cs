namespace RenderFarm.Training.Scenes;

/// <summary>How rich scenes are. Each world is part of the next.</summary>
public enum World
{
    /// <summary>One plain object in the centre or a corner, two or three in corners, each told by its place. An edit may put a second one beside one in the centre.</summary>
    First,

    /// <summary>Besides: a grid of nine places with up to five objects, patterns and outlines, objects told by how they stand to each other, and by their number.</summary>
    Wide,

    /// <summary>The wide world with sixteen shapes and eighteen colours instead of eight and ten.</summary>
    Rich,
}
