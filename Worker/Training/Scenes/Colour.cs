namespace RenderFarm.Training.Scenes;

/// <summary>An object's colour; <see cref="Palette"/> holds the values.</summary>
internal enum Colour
{
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
    Pink,
    Brown,
    Black,
    White,
}
