namespace RenderFarm.Training.Scenes;

/// <summary>An object's colour; <see cref="Palette"/> holds the values. Those after white are the rich world's.</summary>
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
    Teal,
    Cyan,
    Lime,
    Olive,
    Maroon,
    Magenta,
    Beige,
    Coral,
}
