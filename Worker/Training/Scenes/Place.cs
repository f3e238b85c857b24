namespace RenderFarm.Training.Scenes;

/// <summary>Where an object stands, on a grid of three by three.</summary>
internal enum Place
{
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
    Centre,
    Top,
    Left,
    Right,
    Bottom,
}
